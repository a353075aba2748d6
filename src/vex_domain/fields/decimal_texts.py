"""Decimal numbers as texts and as whole numbers of their last place: no floats, nothing is rounded."""

from vex_domain.refusals import Invalid

DIGITS_MOST = 18
DECIMALS_MOST = 6


def scaled(field: str, text: str, decimals: int) -> int:
    """`text` times 10^decimals. Raises Invalid for what is not a number, has more decimals or, with all of them, more
    than 18 digits.
    """
    whole, point, rest = text.removeprefix("-").partition(".")
    plain = text.isascii() and whole.isdigit() and (rest.isdigit() if point else not rest)
    if not plain:
        raise Invalid(field, "is not a number as -12.50")
    if len(rest) > decimals:
        raise Invalid(field, "has more than " + str(decimals) + " decimals")
    if len(whole) + decimals > DIGITS_MOST:
        raise Invalid(field, "has more than " + str(DIGITS_MOST) + " digits")
    number = int(whole + rest + "0" * (decimals - len(rest)))
    return -number if text[0] == "-" else number


def millionths(text: str) -> int:
    """A kept number as it compares with every other: times 10^6, however many digits it has."""
    whole, _, rest = text.partition(".")
    return int(whole + rest.ljust(DECIMALS_MOST, "0"))


def unscaled(number: int, decimals: int) -> str:
    """The text of a scaled number, with all its decimals."""
    sign = "-" if number < 0 else ""
    if not decimals:
        return sign + str(abs(number))
    digits = str(abs(number)).rjust(decimals + 1, "0")
    return sign + digits[:-decimals] + "." + digits[-decimals:]
