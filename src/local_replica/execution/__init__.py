"""Executes one message in one canister: validation, instrumentation, system API, rollback."""
