"""Hash tables over texts that callers choose: keyed with a secret, split so that no insert pays for a large resize."""

from hashlib import sha256

from vex_domain.digests import keyed_number

KEY_BYTES = 16
SPLIT = 256


class KeyedIndex:
    """64-bit keyed hash -> small int. Two texts may share a hash: the reader compares what the int stands for."""

    def __init__(self, secret: bytes) -> None:
        self._key = sha256(secret).digest()[:KEY_BYTES]
        self._parts: list[dict[int, int]] = [{} for _ in range(SPLIT)]

    def key(self, *parts: bytes) -> int:
        """The keyed hash of byte strings: SipHash. It is for this heap alone; nothing stored may depend on it."""
        return keyed_number(self._key, *parts)

    def get(self, key: int) -> int | None:
        """What stands under the key, or None."""
        return self._parts[key & SPLIT - 1].get(key)

    def put(self, key: int, value: int) -> None:
        """Set what stands under the key."""
        self._parts[key & SPLIT - 1][key] = value

    def drop(self, key: int) -> None:
        """Forget the key."""
        self._parts[key & SPLIT - 1].pop(key, None)

    def __len__(self) -> int:
        return sum([len(part) for part in self._parts])
