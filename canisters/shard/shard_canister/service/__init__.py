"""Service levels at a shard: clocks, hours, triggers, giving tickets out, the outbox."""
