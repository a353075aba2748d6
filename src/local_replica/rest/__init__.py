"""PocketIC's REST API: instances, control calls, blob store, and endpoints of our own."""
