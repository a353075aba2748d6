"""Files of tickets: uploads, what is kept, downloads over the web."""
