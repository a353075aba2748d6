"""How much a person, an organisation and a ticket may ask of a canister in a time."""
