"""Certificate expressions: which parts of request and response a canister certified, in the subset of CEL that is used.

Source: HTTP Gateway Protocol, "Response verification", the grammar of `IC-CertificateExpression`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_TOKENS = re.compile(r"""\s*(?:([A-Za-z_]\w*)|"([^"\\]*)"|'([^'\\]*)'|([\[\](){}:,]))""")


class BadExpression(Exception):
    """The expression is none of this protocol."""


@dataclass(frozen=True, slots=True)
class RequestPart:
    """The request's headers and query parameters that count, by lower-case name."""

    headers: frozenset[str]
    parameters: frozenset[str]


@dataclass(frozen=True, slots=True)
class Certification:
    """What is certified: `request` is None when any request will do.

    `headers` of the response are those that count, or with `excluding` those that do not; lower-case.
    """

    request: RequestPart | None
    headers: frozenset[str]
    excluding: bool


def read_expression(text: str) -> Certification | None:
    """Read an expression; None says that nothing is certified on purpose. Raises BadExpression."""
    name, arguments = _parse(text)
    if name != "default_certification" or not isinstance(arguments, list) or len(arguments) != 1:
        raise BadExpression("not a default_certification")
    fields = _object(arguments[0], "ValidationArgs")
    if ("no_certification" in fields) == ("certification" in fields):
        raise BadExpression("one of certification and no_certification")
    if "no_certification" in fields:
        return None
    certification = _object(fields["certification"], "Certification")
    headers, excluding = _response(certification)
    return Certification(_request(certification), headers, excluding)


def _request(certification: dict[str, Any]) -> RequestPart | None:
    if ("no_request_certification" in certification) == ("request_certification" in certification):
        raise BadExpression("one of request_certification and no_request_certification")
    if "no_request_certification" in certification:
        return None
    fields = _object(certification["request_certification"], "RequestCertification")
    return RequestPart(
        _names(fields.get("certified_request_headers")), _names(fields.get("certified_query_parameters"))
    )


def _response(certification: dict[str, Any]) -> tuple[frozenset[str], bool]:
    fields = _object(certification.get("response_certification"), "ResponseCertification")
    if ("certified_response_headers" in fields) == ("response_header_exclusions" in fields):
        raise BadExpression("one of certified_response_headers and response_header_exclusions")
    excluding = "response_header_exclusions" in fields
    listed = fields["response_header_exclusions" if excluding else "certified_response_headers"]
    return _names(_object(listed, "ResponseHeaderList").get("headers")), excluding


def _object(item: Any, name: str) -> dict[str, Any]:
    if not isinstance(item, tuple) or item[0] != name or not isinstance(item[1], dict):
        raise BadExpression(f"no {name}")
    fields: dict[str, Any] = item[1]
    return fields


def _names(item: Any) -> frozenset[str]:
    if not isinstance(item, list) or not all(isinstance(name, str) for name in item):
        raise BadExpression("not a list of names")
    return frozenset(name.lower() for name in item)


def _parse(text: str) -> tuple[str, Any]:
    tokens = list(_tokens(text))
    try:
        item = _item(iter_tokens := _Tokens(tokens))
    except RecursionError as error:
        raise BadExpression("nests too deep") from error
    if iter_tokens.left() or not isinstance(item, tuple):
        raise BadExpression("not one call")
    return item


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    text = text.rstrip()
    while position < len(text):
        found = _TOKENS.match(text, position)
        if found is None:
            raise BadExpression(f"unexpected {text[position]!r} at {position}")
        position = found.end()
        name, double, single, mark = found.groups()
        if name is not None:
            yield "name", name
        elif mark is not None:
            yield mark, mark
        else:
            yield "text", double if double is not None else single


class _Tokens:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._next = 0

    def left(self) -> bool:
        return self._next < len(self._tokens)

    def kind(self) -> str:
        return self._tokens[self._next][0] if self.left() else "end"

    def take(self, *kinds: str) -> str:
        if self.kind() not in kinds:
            raise BadExpression(f"unexpected {self.kind()}")
        self._next += 1
        return self._tokens[self._next - 1][1]


def _item(tokens: _Tokens) -> Any:
    if tokens.kind() == "text":
        return tokens.take("text")
    if tokens.kind() == "[":
        return _listed(tokens, "[", "]")
    name = tokens.take("name")
    return name, (_listed(tokens, "(", ")") if tokens.kind() == "(" else _fields(tokens))


def _listed(tokens: _Tokens, opening: str, closing: str) -> list[Any]:
    tokens.take(opening)
    items = []
    while tokens.kind() != closing:
        items.append(_item(tokens))
        if tokens.kind() != closing:
            tokens.take(",")
    tokens.take(closing)
    return items


def _fields(tokens: _Tokens) -> dict[str, Any]:
    tokens.take("{")
    fields: dict[str, Any] = {}
    while tokens.kind() != "}":
        name = tokens.take("name")
        tokens.take(":")
        fields[name] = _item(tokens)
        if tokens.kind() != "}":
            tokens.take(",")
    tokens.take("}")
    return fields
