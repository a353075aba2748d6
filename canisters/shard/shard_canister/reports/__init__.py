"""Figures by day and what is read of them."""
