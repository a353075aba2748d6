"""People whom a comment mentions as `@12`: a person's number behind an at sign that stands for itself."""

MENTIONS_MOST = 20
DIGITS_MOST = 19


def mentioned(text: str) -> list[int]:
    """The different people mentioned, in order, at most 20; `a@12` is an address and mentions nobody."""
    people: list[int] = []
    pieces = text.split("@")
    for number, piece in enumerate(pieces[1:]):
        before = pieces[number]
        person = _leading_number(piece)
        stands_alone = not before[-1:].isalnum() and before[-1:] not in ("_", "-", ".")
        if person and stands_alone and person not in people:
            people.append(person)
    return people[:MENTIONS_MOST]


def _leading_number(piece: str) -> int:
    length = 0
    while length <= DIGITS_MOST and piece[length : length + 1] in tuple("0123456789"):
        length += 1
    after = piece[length : length + 1]
    if not length or length > DIGITS_MOST or after.isalnum() or after == "_":
        return 0
    return int(piece[:length])
