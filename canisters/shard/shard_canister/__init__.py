"""The shard canister: tickets, comments and the audit chain of the id range that it leases."""
