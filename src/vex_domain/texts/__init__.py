"""The catalogue: every text that VEX itself says to people, in nine languages. Codes are stable, texts may improve."""
