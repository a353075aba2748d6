"""Canned changes and comments, placeholders in their texts, people mentioned in comments."""
