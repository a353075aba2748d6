"""What a person or an organisation may have exported, erased or kept at a shard."""
