"""The management canister `aaaaa-aa` (interface specification, "The IC management canister")."""
