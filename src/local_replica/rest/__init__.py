"""PocketIC's REST API over replicas in this process."""
