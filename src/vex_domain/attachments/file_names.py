"""Names of attached files: one that every system can save, and that looks like what it is."""

from unicodedata import normalize

from vex_domain.refusals import Invalid, TooLarge

NAME_CHARACTERS = 120
NAME_BYTES = 240
JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: Persian and Indic words and emoji are spelt with them (UAX #31)."""
SEPARATORS = '/\\:*?"<>|'
LOOKALIKES = "\u2044\u2215\u29f5\u29f8\uff0f\uff3c\uff1a\ua789"
"""Characters that look like separators: fraction and division slash, full-width slash, colon and their kin."""
DEVICES = ("con", "prn", "aux", "nul", "conin$", "conout$")
PORTS = ("com", "lpt")
PORT_DIGITS = "0123456789\u00b9\u00b2\u00b3"


def safe_name(name: str) -> str:
    """The name in Unicode NFC. Raises Invalid for one that a system could misread, TooLarge.

    Refused: control and format characters (bidirectional overrides among them), path separators and what looks like
    them, names of devices (Windows reserves them with any extension), dots or spaces at an end, no extension.
    """
    # Normalising can lengthen a text, so it is bounded before and after.
    if len(name) > NAME_CHARACTERS:
        raise TooLarge("name", NAME_CHARACTERS, len(name))
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise Invalid("name", "has half of a surrogate pair") from None
    name = normalize("NFC", name)
    size = max(size, len(name.encode()))
    if size > NAME_BYTES:
        raise TooLarge("name", NAME_BYTES, size)
    if not name:
        raise Invalid("name", "is empty")
    _check_letters(name)
    _check_ends(name)
    return name


def _check_letters(name: str) -> None:
    for letter in name:
        if letter in SEPARATORS or letter in LOOKALIKES:
            raise Invalid("name", "has a path separator or what looks like one")
        if not letter.isprintable() and letter not in JOINERS:
            raise Invalid("name", "has a control or format character")


def _check_ends(name: str) -> None:
    if name != name.strip() or name[-1] == "." or name[0] == "." or name[0] in JOINERS:
        raise Invalid("name", "begins or ends with a space or dot")
    stem, dot, extension = name.rpartition(".")
    if not dot or not extension.strip(JOINERS):
        raise Invalid("name", "has no extension")
    word = name.partition(".")[0].strip().lower()
    if word in DEVICES or (word[:3] in PORTS and len(word) == 4 and word[3] in PORT_DIGITS):
        raise Invalid("name", "is a device's name")
    if stem != stem.rstrip(" "):
        raise Invalid("name", "has a space before its extension")


def extension_of(name: str) -> str:
    """What stands behind the last dot, in lower case."""
    return name.rpartition(".")[2].lower()


def header_name(name: str) -> str:
    """The parameters `filename` and `filename*` of Content-Disposition (RFC 6266, RFC 8187) for a safe name.

    The plain one is ASCII without quotes, percent signs and backslashes, which clients read differently.
    """
    plain = "".join([letter if letter.isascii() and letter not in '%"\\' else "_" for letter in name])
    encoded = "".join([chr(octet) if octet in _UNESCAPED else "%" + format(octet, "02X") for octet in name.encode()])
    return 'filename="' + plain + "\"; filename*=UTF-8''" + encoded


_UNESCAPED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~")
"""`attr-char` of RFC 8187, section 3.2.1."""
