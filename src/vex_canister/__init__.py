"""What the three canisters share: Candid records, the environment, token windows, chain and certification."""
