"""What somebody between client and replica may do to an answer; each must be noticed."""

from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from typing import Any

import cbor2

from support.meddler import Meddling


def busy(status: int) -> Meddling:
    return lambda _status, _body: (status, b"come back later")


def hang_up(_status: int, _body: bytes) -> None:
    return None


def body(content: bytes) -> Meddling:
    return lambda status, _body: (status, content)


def with_fields(change: Callable[[dict[str, Any]], object]) -> Meddling:
    def changed(status: int, encoded: bytes) -> tuple[int, bytes]:
        answer = cbor2.loads(encoded)
        change(answer)
        return status, cbor2.dumps(answer)

    return changed


def flip(answer: dict[str, Any]) -> None:
    certificate = bytearray(answer["certificate"])
    certificate[-7] ^= 1
    answer["certificate"] = bytes(certificate)


def another_reply(answer: dict[str, Any]) -> None:
    certificate = answer["certificate"]
    at = certificate.index(b"DIDL\x00\x01\x78") + 7
    answer["certificate"] = certificate[:at] + b"\x63" + certificate[at + 1 :]


def without_the_reply(answer: dict[str, Any]) -> None:
    certificate = cbor2.loads(answer["certificate"])
    certificate["tree"] = _pruned(certificate["tree"])
    answer["certificate"] = cbor2.dumps(certificate)


def _pruned(node: list[Any]) -> list[Any]:
    """The tree with the leaf of the reply replaced by its hash, which is as well certified as the whole."""
    match node:
        case [1, left, right]:
            return [1, _pruned(left), _pruned(right)]
        case [2, b"reply", [3, reply]]:
            return [2, b"reply", [4, sha256(b"\x10ic-hashtree-leaf" + reply).digest()]]
        case [2, label, below]:
            return [2, label, _pruned(below)]
    return node


def kept(answers: list[bytes]) -> Meddling:
    """Pass an answer on and keep it."""

    def keep(status: int, encoded: bytes) -> tuple[int, bytes]:
        answers.append(encoded)
        return status, encoded

    return keep


def signature_of(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer["signatures"][0]
    return found


CALL_MEDDLINGS: dict[str, Meddling] = {
    "a flipped bit": with_fields(flip),
    "another reply in the certificate": with_fields(another_reply),
    "a certificate that hides the reply": with_fields(without_the_reply),
    "no certificate": with_fields(lambda answer: answer.pop("certificate")),
    "a certificate that is a number": with_fields(lambda answer: answer.update(certificate=7)),
    "a certificate of nothing": with_fields(lambda answer: answer.update(certificate=b"")),
    "a certificate that is a list": with_fields(lambda answer: answer.update(certificate=cbor2.dumps([1, 2]))),
    "no tree": with_fields(lambda answer: answer.update(certificate=cbor2.dumps({"signature": bytes(48)}))),
    "a deep tree": with_fields(lambda answer: answer.update(certificate=b"\xa1\x64tree" + b"\x82\x01" * 5_000)),
    "a reject without a code": with_fields(lambda answer: answer.update(status="non_replicated_rejection")),
    "garbage": body(b"\xff\xfe garbage"),
    "CBOR of a number": body(b"\x07"),
    "a cut body": lambda status, encoded: (status, encoded[: len(encoded) // 2]),
    "very deep CBOR": body(b"\x81" * 100_000),
    "a web page": body(b"<html>Welcome</html>"),
}
"""To the answer of a synchronous call."""

QUERY_MEDDLINGS: dict[str, Meddling] = {
    "another reply": with_fields(lambda answer: answer.update(reply={"arg": b"DIDL\x00\x01\x78" + bytes(8)})),
    "a reject instead": with_fields(
        lambda answer: answer.update(status="rejected", reject_code=4, reject_message="", error_code="IC0406")
    ),
    "no signature": with_fields(lambda answer: answer.update(signatures=[])),
    "no field for signatures": with_fields(lambda answer: answer.pop("signatures")),
    "a signature of nothing": with_fields(lambda answer: signature_of(answer).update(signature=bytes(64))),
    "another time": with_fields(lambda answer: signature_of(answer).update(timestamp=1)),
    "a node that is none": with_fields(lambda answer: signature_of(answer).update(identity=b"\x07" * 29)),
    "a node that is a number": with_fields(lambda answer: signature_of(answer).update(identity=1 << 40)),
    "a time that is a text": with_fields(lambda answer: signature_of(answer).update(timestamp="now")),
    "signatures that are numbers": with_fields(lambda answer: answer.update(signatures=[7])),
    "a reply that is too much of a number": with_fields(lambda answer: answer.update(reply=Decimal(10) ** 400)),
    "a signature twice": with_fields(lambda answer: answer.update(signatures=answer["signatures"] * 200)),
}
"""To the answer of a query."""
