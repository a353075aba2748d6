"""Tickets at a shard: their records, one change of one ticket, lists and what a reader sees."""
