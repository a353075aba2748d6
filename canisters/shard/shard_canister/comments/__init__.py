"""Comments of tickets: written, edited with their revisions kept, redacted."""
