"""Triggers and automations: conditions over tickets, actions on them, and when which runs."""
