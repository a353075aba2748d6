"""Rules about people: how they join, prove who they are, and what they do for an organisation."""
