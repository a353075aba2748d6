"""Service levels: time zones, business calendars, clocks that measure a ticket's waiting, and what is due when."""
