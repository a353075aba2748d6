"""Python canisters: source reader and checker, image builder, and the Kybra API inside the canister."""
