"""An organisation's configuration: JSON documents, checked and compiled into rules. Knows no canister and no clock."""
