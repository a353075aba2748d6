"""Who gets a ticket of a team: by hand, in turn, or by load, among those who are there and can do it."""
