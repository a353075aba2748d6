"""The IC HTTP API: status, call, query, read_state; CBOR; signatures checked."""
