"""Envelopes are read or refused, whatever stands in them."""

import contextlib
import copy
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_replica.http.envelope import read_envelope
from local_replica.http.errors import InvalidRequest

LINK = {"delegation": {"pubkey": b"key", "expiration": 1, "targets": [b"target"]}, "signature": b"signed"}
PROVEN = {"sender_pubkey": b"key", "sender_sig": b"signed", "sender_delegation": [LINK]}
ASKED = {"sender": b"\4", "ingress_expiry": 1, "nonce": b"once"}
CALLED = {**ASKED, "canister_id": b"", "method_name": "get", "arg": b""}
GOOD: dict[str, dict[str, Any]] = {
    "call": {"content": {"request_type": "call", **CALLED}, **PROVEN},
    "query": {"content": {"request_type": "query", **CALLED}, **PROVEN},
    "read_state": {"content": {"request_type": "read_state", **ASKED, "paths": [[b"time"], [b"canister"]]}, **PROVEN},
}
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.floats() | st.text() | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def places(item: object) -> list[tuple[Any, Any]]:
    """Every container within an item with each of its keys or indexes."""
    if not isinstance(item, dict | list):
        return []
    keys = list(item) if isinstance(item, dict) else list(range(len(item)))
    return [(item, key) for key in keys] + [place for key in keys for place in places(item[key])]


@pytest.mark.parametrize("kind", GOOD)
def test_a_whole_envelope_is_read(kind: str) -> None:
    envelope = read_envelope(cbor2.dumps(GOOD[kind]), kind)
    assert (envelope.kind, envelope.sender, envelope.nonce) == (kind, b"\4", b"once")
    assert [link.targets for link in envelope.delegations] == [(b"target",)]


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_an_envelope_with_odd_parts_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    changed = copy.deepcopy(GOOD[kind])
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(changed)))
        container[key] = data.draw(ODD)
    with contextlib.suppress(InvalidRequest):
        assert read_envelope(cbor2.dumps(changed), kind).kind == kind
