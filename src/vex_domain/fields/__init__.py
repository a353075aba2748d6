"""An organisation's own fields of tickets: their definitions, patterns and values."""
