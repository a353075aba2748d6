"""The users canister: people, organisations' members and teams, roles and the grants that follow from them."""
