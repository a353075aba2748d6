"""The life of tickets as an organisation defines it: states, guarded transitions, kinds."""
