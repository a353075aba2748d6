"""A shard's part in relations of two tickets, and what a family of tickets tells each other."""
