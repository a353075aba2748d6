"""Links, parents and merges between tickets, and the saga that carries them across shards."""
