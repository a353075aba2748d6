"""The rules of tickets, permissions, ids and proofs: plain Python without kybra, input, output or a clock."""
