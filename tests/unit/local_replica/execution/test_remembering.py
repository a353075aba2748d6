"""What is remembered of large byte strings is what would be found out again."""

from hashlib import sha256

from local_replica.execution.remembering import Remembered, digest

LARGE = 70_000


def test_a_large_argument_is_looked_at_once_while_it_is_among_the_last() -> None:
    seen: list[int] = []
    length = Remembered(lambda content: seen.append(len(content)) or len(content), kept=2)
    first, second, third = (bytes([number]) * (LARGE + number) for number in range(3))
    assert [length(one) for one in (first, first, second, first, third, first)] == [
        *(LARGE, LARGE, LARGE + 1, LARGE, LARGE + 2, LARGE)
    ]
    assert seen == [LARGE, LARGE + 1, LARGE + 2, LARGE]


def test_small_arguments_are_not_kept() -> None:
    seen: list[bytes] = []
    remembered = Remembered(seen.append, kept=2)
    remembered(b"small")
    remembered(b"small")
    assert seen == [b"small", b"small"]


def test_a_digest_is_that_of_the_content() -> None:
    for content in (b"", bytes(LARGE), bytes([1]) * LARGE):
        assert digest(content) == digest(content) == sha256(content).digest()
