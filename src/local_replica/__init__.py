"""A local replica of the Internet Computer: runs any module, knows nothing of tickets or of Python canisters."""
