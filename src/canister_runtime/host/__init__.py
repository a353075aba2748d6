"""The object that the `kybra` package calls, written over `SystemApi`. Runs inside the canister."""
