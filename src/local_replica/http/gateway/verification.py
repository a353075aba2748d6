"""Whether a canister's web page is what its subnet certified (HTTP Gateway Protocol, "Response verification")."""

import base64
import binascii
import hashlib
import urllib.parse
import zlib
from dataclasses import dataclass, replace

from local_replica.certification.checking import NotCertified, certified_tree
from local_replica.certification.hash_tree import Leaf, Node
from local_replica.certification.reading import Malformed, Untold, read_cbor, read_tree, subtree, value
from local_replica.http.gateway.expressions import BadExpression, Certification, RequestPart, read_expression
from local_replica.http.gateway.messages import WebRequest, WebResponse
from local_replica.request_id import Hashable, hash_of_value

MAX_AGE_NS = 300 * 10**9
MAX_DECODED_BYTES = 64 * 1024 * 1024
_CERTIFICATE, _EXPRESSION = "IC-Certificate", "IC-CertificateExpression"
_EXACT, _WILDCARD = "<$>", "<*>"


class NotVerified(Exception):
    """The page is not, or not provably, what the canister certified."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What certificates are checked against: the network's key (DER), the canister, and the time (ns)."""

    root_key: bytes
    canister_id: bytes
    now_ns: int


def verified(request: WebRequest, response: WebResponse, trust: Trust) -> WebResponse:
    """Check a page and return it with the headers that may be believed. Raises NotVerified."""
    text = response.header(_CERTIFICATE)
    if text is None:
        raise NotVerified("Certification values not found")
    try:
        parts = _header_parts(text)
        tree = _certified(parts, trust)
        version = int(parts.get("version", b"1"))
        if version == 1:
            return _version_1(request, response, tree)
        if version == 2:
            return _version_2(request, response, tree, parts)
    except (Malformed, NotCertified, BadExpression, binascii.Error, ValueError) as error:
        raise NotVerified(str(error)) from error
    raise NotVerified(
        f"The requested verification version {version} is not supported, the current supported range is 1-2"
    )


def _header_parts(text: str) -> dict[str, bytes]:
    """Read `name=:base64:, name=token`."""
    parts = {}
    for part in text.split(","):
        name, _, content = part.strip().partition("=")
        if content.startswith(":") and content.endswith(":"):
            parts[name] = base64.b64decode(content[1:-1], validate=True)
        else:
            parts[name] = content.encode()
    return parts


def _certified(parts: dict[str, bytes], trust: Trust) -> Node:
    """The witness tree, once the certificate says that it is the canister's."""
    if "certificate" not in parts:
        raise NotVerified("Certificate not found")
    if "tree" not in parts:
        raise NotVerified("Tree not found")
    certificate = certified_tree(parts["certificate"], trust.root_key, trust.canister_id)
    made = _time(value(certificate, (b"time",)))
    if abs(trust.now_ns - made) > MAX_AGE_NS:
        raise NotVerified("Certificate verification failed: certificate time is too far in the past or the future")
    tree = read_tree(read_cbor(parts["tree"]))
    if value(certificate, (b"canister", trust.canister_id, b"certified_data")) != tree.digest:
        raise NotVerified("Invalid tree root hash")
    return tree


def _time(encoded: bytes | None) -> int:
    return sum((byte & 0x7F) << (7 * index) for index, byte in enumerate(encoded or b""))


# version 1: the body alone, by path


def _version_1(request: WebRequest, response: WebResponse, tree: Node) -> WebResponse:
    path = urllib.parse.unquote(request.path).encode()
    expected = value(tree, (b"http_assets", path)) or value(tree, (b"http_assets", b"/index.html"))
    if expected not in {hashlib.sha256(body).digest() for body in (response.body, _decoded(response))}:
        raise NotVerified("Invalid response body")
    if 300 <= response.status < 400:
        raise NotVerified("Response verification v1 does not allow redirects")
    return response


def _decoded(response: WebResponse) -> bytes:
    try:
        match response.header("content-encoding"):
            case "gzip":
                return zlib.decompressobj(31).decompress(response.body, MAX_DECODED_BYTES)
            case "deflate":
                return zlib.decompressobj().decompress(response.body, MAX_DECODED_BYTES)
    except zlib.error:
        return b""
    return response.body


# version 2: request, response, and how much of them, by expression


def _version_2(request: WebRequest, response: WebResponse, tree: Node, parts: dict[str, bytes]) -> WebResponse:
    expression = response.header(_EXPRESSION)
    if expression is None:
        raise NotVerified("Certificate expression not found")
    if "expr_path" not in parts:
        raise NotVerified("Certificate expression path not found")
    path = _expression_path(parts["expr_path"])
    _check_path(path, request.path, tree)
    certification = read_expression(expression)
    chosen = (*(part.encode() for part in path), hashlib.sha256(expression.encode()).digest())
    if certification is None:
        if _at(tree, chosen) is None:
            raise NotVerified("Invalid expression path")
        return response
    asked = b"" if certification.request is None else request_hash(request, certification.request)
    found = _at(tree, (*chosen, asked, response_hash(response, certification)))
    if not isinstance(found, Leaf) or found.value:
        raise NotVerified("Invalid response hashes")
    return replace(response, headers=tuple(_counted(response, certification)))


def _expression_path(encoded: bytes) -> list[str]:
    path = read_cbor(encoded)
    if not isinstance(path, list) or not all(isinstance(part, str) for part in path):
        raise NotVerified("the expression path is no list of texts")
    if path[:1] != ["http_expr"] or path[-1] not in (_EXACT, _WILDCARD):
        raise NotVerified(f"Invalid expression path {path}")
    return path


def _check_path(path: list[str], request_path: str, tree: Node) -> None:
    """Check that the expression is the one for this address: there is none that fits it better."""
    asked = ["http_expr", *(part for part in request_path.split("/") if part)]
    if request_path.endswith("/"):
        asked.append("")
    exact = [*asked, _EXACT]
    if path[-1] == _EXACT:
        if path != exact:
            raise NotVerified(f"The exact expression path {path} is not valid for the request path {request_path}")
        return
    base = path[:-2] if path[-2] == "" else path[:-1]
    if asked[: len(base)] != base:
        raise NotVerified(f"The wildcard expression path {path} is not valid for the request path {request_path}")
    closer = [asked[:length] for length in range(len(base) + 1, len(asked) + 1)]
    better = [exact, *([*start, _WILDCARD] for start in closer), *([*start, "", _WILDCARD] for start in closer)]
    for candidate in better:
        if candidate != path and _may_exist(tree, candidate):
            raise NotVerified(f"The expression path {candidate} might exist in the tree, and fits better than {path}")


def _may_exist(tree: Node, path: list[str]) -> bool:
    try:
        return subtree(tree, [part.encode() for part in path]) is not None
    except Untold:
        return True


def _at(tree: Node, path: tuple[bytes, ...]) -> Node | None:
    try:
        return subtree(tree, path)
    except Untold:
        return None


def request_hash(request: WebRequest, part: RequestPart) -> bytes:
    """Hash the parts of a request that count (HTTP Gateway Protocol, "Request hash calculation")."""
    fields: list[tuple[str, Hashable]] = [
        (name.lower(), text) for name, text in request.headers if name.lower() in part.headers
    ]
    fields.append((":ic-cert-method", request.method))
    if request.query is not None:
        asked = [one for one in request.query.split("&") if one.partition("=")[0].lower() in part.parameters]
        fields.append((":ic-cert-query", "&".join(asked)))
    return _sha(_hash_of_pairs(fields) + _sha(request.body))


def response_hash(response: WebResponse, certification: Certification) -> bytes:
    """Hash the parts of a response that count (HTTP Gateway Protocol, "Response hash calculation")."""
    fields: list[tuple[str, Hashable]] = [(name.lower(), text) for name, text in _counted(response, certification)]
    fields.append((_EXPRESSION.lower(), response.header(_EXPRESSION) or ""))
    fields.append((":ic-cert-status", response.status))
    return _sha(_hash_of_pairs(fields) + _sha(response.body))


def _counted(response: WebResponse, certification: Certification) -> list[tuple[str, str]]:
    protocol = {_CERTIFICATE.lower(), _EXPRESSION.lower()}
    return [
        (name, text)
        for name, text in response.headers
        if name.lower() not in protocol and (name.lower() in certification.headers) != certification.excluding
    ]


def _hash_of_pairs(fields: list[tuple[str, Hashable]]) -> bytes:
    """The representation-independent hash of a map in which names may come again."""
    return _sha(b"".join(sorted(_sha(name.encode()) + hash_of_value(text) for name, text in fields)))


def _sha(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
