"""Value hashes are those of ICRC-3, and do not depend on how a value is written down."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.audit_chain import block_hash, first_break
from vex_domain.value_hash import salted, value_hash

VALUES = st.recursive(
    st.integers(-(2**70), 2**70) | st.text(max_size=8) | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
EVENT = {
    "kind": "vex.ticket.created",
    "at": 5,
    "ticket": 9,
    "organisation": 1,
    "actor": 4,
    "version": 1,
    "commitment": bytes(32),
}


@pytest.mark.parametrize(
    ("value", "digest"),
    [
        # The test vectors of ICRC-3, section "Value hash".
        (42, "684888c0ebb17f374298b65ee2807526c066094c701bcc7ebbe1c1095f494fc1"),
        (-42, "de5a6f78116eca62d7fc5ce159d23ae6b889b365a1739ad2cf36f925a140d0cc"),
        ("Hello, World!", "dffd6021bb2bd5b0af676290809ec3a53191dd81c7f70a4b28688a362182986f"),
        (b"\x01\x02\x03\x04", "9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a"),
        ([3, "foo", b"\x05\x06"], "514a04011caa503990d446b7dec5d79e19c221ae607fb08b2848c67734d468d6"),
        (
            {
                "from": bytes.fromhex("00abcdef0012340056789a00bcdef000012345678900abcdef01"),
                "to": bytes.fromhex("00ab0def0012340056789a00bcdef000012345678900abcdef01"),
                "amount": 42,
                "created_at": 1_699_218_263,
                "memo": 0,
            },
            "c56ece650e1de4269c5bdeff7875949e3e2033f85b2d193c2ff4f7f78bdcfc75",
        ),
    ],
)
def test_the_vectors_of_icrc_3_come_out(value: object, digest: str) -> None:
    assert value_hash(value).hex() == digest


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=5))
def test_the_order_of_a_map_does_not_matter(value: dict[str, object]) -> None:
    assert value_hash(dict(reversed(value.items()))) == value_hash(value)


@given(VALUES, st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_commitment_depends_on_its_salt(value: object, one: bytes, other: bytes) -> None:
    assert (salted(one, value) == salted(other, value)) == (one == other)
    assert salted(one, value) == sha256(one + value_hash(value)).digest()


def chain(length: int) -> list[dict[str, object]]:
    events: list[dict[str, object]] = []
    parent = None
    for index in range(length):
        event = EVENT | {"index": index, "ticket": index, "parent": parent}
        event["hash"] = parent = block_hash(event, parent)
        events.append(event)
    return events


@given(st.integers(1, 8), st.data())
def test_a_changed_event_breaks_the_chain_where_it_stands(length: int, data: st.DataObject) -> None:
    events = chain(length)
    assert first_break(events, None) is None
    broken = data.draw(st.integers(0, length - 1))
    field = data.draw(st.sampled_from(["at", "ticket", "organisation", "actor", "version"]))
    events[broken] |= {field: 77}
    assert first_break(events, None) == broken
