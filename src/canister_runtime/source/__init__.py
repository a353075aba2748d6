"""Reads a canister's source as Kybra's analyser does: bundle, declarations, refusals, interface description."""
