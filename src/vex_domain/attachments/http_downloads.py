"""An attachment over HTTP: which bytes, which status, which headers (RFC 9110; ranges: section 14)."""

from vex_domain.attachments.file_names import header_name

SAFE_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-site"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "private, no-store"),
)
"""Nothing that is downloaded may run, be framed, be guessed at, be kept by a proxy, or tell where it came from."""
METHODS = ("GET", "HEAD")


class HttpFile:
    """What HTTP needs to know of a file."""

    __slots__ = ("content_type", "etag", "name", "size")

    def __init__(self, name: str, content_type: str, size: int, sha256: bytes) -> None:
        self.name = name
        self.content_type = content_type
        self.size = size
        self.etag = '"' + sha256.hex() + '"'


class HttpReply:
    """Status, headers, and the bytes of the file from `first` up to and without `end`; or a `text`."""

    __slots__ = ("end", "first", "headers", "status", "text")

    def __init__(self, status: int, headers: list[tuple[str, str]], span: tuple[int, int] = (0, 0)) -> None:
        self.status = status
        self.headers = [*headers, *SAFE_HEADERS]
        self.first, self.end = span
        self.text = b""


def refused(status: int, text: str) -> HttpReply:
    """A reply without a file."""
    extra = [("Allow", ", ".join(METHODS))] if status == 405 else []
    reply = HttpReply(status, [("Content-Type", "text/plain; charset=utf-8"), *extra])
    reply.text = text.encode()
    return reply


def header_of(headers: list[tuple[str, str]], name: str) -> str | None:
    """The first header of this name, whatever its case."""
    for given, value in headers:
        if given.lower() == name:
            return value.strip()
    return None


def file_reply(method: str, headers: list[tuple[str, str]], file: HttpFile) -> HttpReply:
    """The reply to a GET or HEAD of a file: 200, 206, 304 or 416 (RFC 9110, section 13.2.2: in this order)."""
    shown = [
        ("Content-Type", file.content_type),
        ("Content-Disposition", "attachment; " + header_name(file.name)),
        ("ETag", file.etag),
        ("Accept-Ranges", "bytes"),
    ]
    known = header_of(headers, "if-none-match")
    if known is not None and _names_etag(known, file.etag):
        return HttpReply(304, [("ETag", file.etag)])
    wanted = header_of(headers, "range") if method == "GET" else None
    condition = header_of(headers, "if-range")
    if wanted is None or (condition is not None and condition != file.etag):
        span = (0, file.size)
        return _with_length(HttpReply(200, shown, span), method)
    ranged = parse_range(wanted, file.size)
    if ranged is None:
        return _with_length(HttpReply(200, shown, (0, file.size)), method)
    first, end = ranged
    if first >= end:
        reply = refused(416, "no byte of the file is in this range")
        reply.headers.append(("Content-Range", "bytes */" + str(file.size)))
        return reply
    reply = HttpReply(206, shown, ranged)
    reply.headers.append(("Content-Range", "bytes " + str(first) + "-" + str(end - 1) + "/" + str(file.size)))
    return _with_length(reply, method)


def _with_length(reply: HttpReply, method: str) -> HttpReply:
    reply.headers.append(("Content-Length", str(reply.end - reply.first)))
    if method == "HEAD":
        reply.first = reply.end
    return reply


def _names_etag(listed: str, etag: str) -> bool:
    return listed == "*" or any(part.strip().removeprefix("W/") == etag for part in listed.split(","))


def parse_range(wanted: str, size: int) -> tuple[int, int] | None:
    """The bytes that a Range header asks for: first, and the one behind the last; both 0 when there is none of them.

    None where the header is to be ignored: another unit, bad syntax, or more than one range (RFC 9110, 14.2).
    """
    unit, equals, spec = wanted.partition("=")
    low, dash, high = spec.strip().partition("-")
    low, high = low.strip(), high.strip()
    if unit.strip().lower() != "bytes" or not equals or not dash:
        return None
    if not _is_digits(low or high) or (high and not _is_digits(high)):
        return None
    if not low:
        length = int(high)
        return (max(0, size - length), size) if length else (0, 0)
    first = int(low)
    if high and int(high) < first:
        return None
    end = min(int(high) + 1, size) if high else size
    return (first, end) if first < end else (0, 0)


def _is_digits(text: str) -> bool:
    return 0 < len(text) <= 20 and not text.strip("0123456789")


def attachment_of(url: str) -> tuple[int, int, str] | None:
    """Ticket, number and token of a URL `/attachments/<ticket>/<number>?token=<token>`, or None for any other."""
    path, _, query = url.partition("?")
    parts = path.split("/")
    if len(parts) != 4 or parts[0] or parts[1] != "attachments":
        return None
    if not _is_digits(parts[2]) or not _is_digits(parts[3]):
        return None
    ticket, number = int(parts[2]), int(parts[3])
    if ticket >= 1 << 64 or number >= 1 << 32:
        return None
    for pair in query.split("&"):
        if pair.startswith("token="):
            return ticket, number, pair[6:]
    return ticket, number, ""


def url_of(ticket: int, number: int, token: str) -> str:
    """The path and query of an attachment."""
    return "/attachments/" + str(ticket) + "/" + str(number) + "?token=" + token
