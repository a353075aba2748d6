"""What a canister's functions cost: reads the report of a module built with `canister build --profile`."""
