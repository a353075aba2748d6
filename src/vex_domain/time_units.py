"""Units of time: seconds unless the name says ns."""

NS = 1_000_000_000
"""Nanoseconds in a second."""

MINUTE = 60
HOUR = 3_600
DAY = 86_400
MINUTE_NS = MINUTE * NS
HOUR_NS = HOUR * NS
DAY_NS = DAY * NS

MONDAY_SHIFT = 3
"""1970-01-01 was a Thursday: day number + 3 is divisible by seven on Mondays."""
