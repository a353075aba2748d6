"""Hash tables over texts that callers choose: keyed with a secret, split so that no insert pays for a large resize."""

from hashlib import sha256

SPLIT = 256


class KeyedIndex:
    """64-bit keyed hash -> small int. Two texts may share a hash: the reader compares what the int stands for."""

    def __init__(self, secret: bytes) -> None:
        self._start = sha256(secret)
        self._parts: list[dict[int, int]] = [{} for _ in range(SPLIT)]

    def key(self, *parts: bytes) -> int:
        """The keyed hash of byte strings; each is length-prefixed (shorter than 65,536 bytes)."""
        state = self._start.copy()
        for part in parts:
            state.update(len(part).to_bytes(2, "big"))
            state.update(part)
        return int.from_bytes(state.digest()[:8], "big")

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
