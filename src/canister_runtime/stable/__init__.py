"""Stable structures in the byte layout of ic-stable-structures 0.5.6, which Kybra's Rust library writes."""
