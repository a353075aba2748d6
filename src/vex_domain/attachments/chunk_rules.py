"""A file in chunks: every one has `CHUNK_BYTES` but the last, they come in any order, and again as often as wished.

Which of them are there is a number with a bit for each, so a file has at most 64.
"""

from vex_domain.refusals import Invalid, TooLarge

CHUNK_BYTES = 1_048_576
CHUNKS_MOST = 64
FILE_BYTES_MOST = CHUNK_BYTES * CHUNKS_MOST
PIECE_BYTES = 16_384
"""A chunk lies in stable memory in pieces of this size: docs/decisions/0018 has the measurements."""
PIECES_OF_A_CHUNK = CHUNK_BYTES // PIECE_BYTES
SHA256_BYTES = 32


def check_size(size: int, most: int) -> None:
    """A file's size in bytes. Raises Invalid when it is empty, TooLarge."""
    if size == 0:
        raise Invalid("size", "is 0")
    if size > most:
        raise TooLarge("size", most, size)


def check_digest(sha256: bytes) -> None:
    """Raises Invalid unless it is as long as a SHA-256."""
    if len(sha256) != SHA256_BYTES:
        raise Invalid("sha256", "is not 32 bytes")


def chunk_count(size: int) -> int:
    """How many chunks a file of `size` bytes has."""
    return -(-size // CHUNK_BYTES)


def check_chunk(size: int, number: int, length: int) -> None:
    """A chunk's number (from 0) and length in a file of `size` bytes. Raises Invalid, TooLarge."""
    if number >= chunk_count(size):
        raise Invalid("number", "is not in 0.." + str(chunk_count(size) - 1))
    expected = min(CHUNK_BYTES, size - number * CHUNK_BYTES)
    if length > expected:
        raise TooLarge("content", expected, length)
    if length < expected:
        raise Invalid("content", "has " + str(length) + " bytes where " + str(expected) + " are due")


def all_there(size: int) -> int:
    """The bits of a file whose chunks are all there."""
    return (1 << chunk_count(size)) - 1


def missing_chunks(size: int, received: int) -> list[int]:
    """The numbers of the chunks that are not there."""
    return [number for number in range(chunk_count(size)) if not received >> number & 1]


def piece_spans(number: int, content: bytes) -> list[tuple[int, bytes]]:
    """The pieces of a chunk: each piece's number within the file, and its bytes."""
    first = number * PIECES_OF_A_CHUNK
    return [
        (first + place, content[start : start + PIECE_BYTES])
        for place, start in enumerate(range(0, len(content), PIECE_BYTES))
    ]


def pieces_of_range(first: int, end: int) -> range:
    """The numbers of the pieces that hold the bytes from `first` up to and without `end`."""
    return range(first // PIECE_BYTES, -(-end // PIECE_BYTES))
