"""What things cost in cycles."""
