"""Salts that cannot be computed again: the state moves forward by a one-way step with every two."""

from vex_domain.digests import digest

SALT_BYTES = 16


class SaltRatchet:
    """A generator of salts; unusable until seeded with 32 bytes of `raw_rand`."""

    def __init__(self) -> None:
        self._state = b""
        self._next_salt = b""

    @property
    def seeded(self) -> bool:
        """Whether salts can be drawn."""
        return self._state != b""

    def seed(self, randomness: bytes) -> None:
        """Mix fresh randomness (32 bytes of `raw_rand`) into the state."""
        self._state = digest(b"seed", self._state, randomness)
        self._next_salt = b""

    def draw(self) -> bytes:
        """The next 16 bytes. Asking before the seed is a fault of the caller's."""
        if not self._state:
            raise RuntimeError("salts drawn before the seed")
        salt, self._next_salt = self._next_salt, b""
        if not salt:
            both = digest(b"salt", self._state)
            self._state = digest(b"next", self._state)
            salt, self._next_salt = both[:SALT_BYTES], both[SALT_BYTES:]
        return salt

    def draw_number(self, bits: int) -> int:
        """A random whole number below 2^bits (at most 128 bits)."""
        return int.from_bytes(self.draw(), "big") >> SALT_BYTES * 8 - bits
