"""The index canister: routing table, placement of organisations, the shard fleet, the front door for dapps."""
