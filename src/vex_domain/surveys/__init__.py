"""Rules of satisfaction surveys."""
