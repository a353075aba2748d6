"""The published JavaScript agent, its own checks on, against `local-replica`, also with somebody in between."""

from collections.abc import Iterator

import cbor2
import pytest

from candid.principal import to_text
from support.http_client import Server, serving
from support.javascript_agent import AgentError, JavaScriptAgent, javascript_agent
from support.meddler import Meddler, meddling
from support.meddlings import CALL_MEDDLINGS, QUERY_MEDDLINGS, kept, with_fields
from support.small_modules import compiled

TALLY = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reject" (func $reject (param i32 i32)))
  (import "ic0" "msg_caller_size" (func $caller_size (result i32)))
  (import "ic0" "msg_caller_copy" (func $caller_copy (param i32 i32 i32)))
  (memory 1)
  (data (i32.const 0) "DIDL\\00\\01\\78")
  (func $tell (call $append (i32.const 0) (i32.const 15)) (call $reply))
  (func (export "canister_update inc")
    (i64.store (i32.const 7) (i64.add (i64.load (i32.const 7)) (i64.const 1))) (call $tell))
  (func (export "canister_update no") (call $reject (i32.const 0) (i32.const 4)))
  (func (export "canister_query refuse") (call $reject (i32.const 0) (i32.const 4)))
  (func (export "canister_query get") (call $tell))
  (func (export "canister_query who")
    (call $caller_copy (i32.const 64) (i32.const 0) (call $caller_size))
    (call $append (i32.const 64) (call $caller_size)) (call $reply)))
"""
"""Counts, and tells a Candid nat64; knows who asks; `no` and `refuse` reject with the text DIDL."""

OF_THE_NNS = b"\0\0\0\0\0\0\0\1\1\1"
SIGNING = ["ed25519", "secp256k1", "p256", "webauthn"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--seed", "javascript") as running:
        yield running


@pytest.fixture(scope="module")
def node(server: Server) -> Iterator[JavaScriptAgent]:
    with javascript_agent(server.url) as agent:
        yield agent


@pytest.fixture(scope="module")
def canister(server: Server) -> bytes:
    return server.client().create(compiled(TALLY))


@pytest.fixture(scope="module")
def root_key(server: Server) -> str:
    return server.client().root_key.hex()


@pytest.fixture(scope="module")
def between(server: Server) -> Iterator[Meddler]:
    with meddling(server.url) as meddler:
        yield meddler


@pytest.fixture
def meddler(between: Meddler) -> Meddler:
    between.meddle("")
    return between


def count(reply: bytes) -> int:
    return int.from_bytes(reply[7:], "little")


def test_an_anonymous_agent_updates_queries_and_reads_state(node: JavaScriptAgent, canister: bytes) -> None:
    counted = node.update(canister, "inc")
    assert node.query(canister, "get") == counted
    assert cbor2.loads(node.read_state(canister, [b"canister", canister, b"controllers"]))


@pytest.mark.parametrize("identity", SIGNING)
def test_every_kind_of_key_is_believed(node: JavaScriptAgent, canister: bytes, identity: str) -> None:
    sender = node.tell("whoami", identity=identity, **{"as": identity})
    assert to_text(node.query(canister, "who", **{"as": identity})) == sender
    assert node.update(canister, "inc", **{"as": identity})
    assert len(node.read_state(canister, [b"canister", canister, b"module_hash"], **{"as": identity})) == 32


@pytest.mark.parametrize("identity", SIGNING)
def test_a_session_key_acts_for_the_key_that_delegated_to_it(
    node: JavaScriptAgent, canister: bytes, identity: str
) -> None:
    session = {"as": f"session of {identity}"}
    sender = node.tell("whoami", identity=identity, delegation={"seconds": 60}, **session)
    assert to_text(node.query(canister, "who", **session)) == sender
    assert node.update(canister, "inc", **session)


def test_a_delegation_for_this_canister_is_good_here(node: JavaScriptAgent, canister: bytes) -> None:
    delegation = {"seconds": 60, "targets": [to_text(canister)]}
    assert node.update(canister, "inc", identity="ed25519", delegation=delegation)


def test_a_chain_of_keys_acts_for_the_first(node: JavaScriptAgent, canister: bytes) -> None:
    chain = {"as": "chain"}
    delegation = {"seconds": 60, "links": 5, "targets": [to_text(canister)]}
    sender = node.tell("whoami", identity="ed25519", delegation=delegation, **chain)
    assert to_text(node.query(canister, "who", **chain)) == sender
    with pytest.raises(AgentError, match="400"):
        node.query(canister, "who", identity="ed25519", delegation={"seconds": 60, "links": 21})


def test_an_answer_can_be_polled_for(node: JavaScriptAgent, canister: bytes) -> None:
    status, reply = node.tell("updatePolled", canister=to_text(canister), method="inc", arg="").split()
    assert (status, bytes.fromhex(reply)[:7]) == ("202", b"DIDL\0\1\x78")


def test_public_metadata_is_read_and_private_is_not(node: JavaScriptAgent, server: Server) -> None:
    sections = '(@custom "icp:public open" "hello") (@custom "icp:private secret" "hush")'
    canister = to_text(server.client().create(compiled(f"{TALLY.rstrip().removesuffix(')')} {sections})")))
    told = [node.tell("metadata", canister=canister, name=name) for name in ("open", "secret", "missing")]
    assert told == ["hello", "absent", "absent"]


def test_the_subnet_tells_its_nodes_key_and_ranges(node: JavaScriptAgent, canister: bytes) -> None:
    assert node.tell("subnet", canister=to_text(canister)) == "13 nodes, true, true"


@pytest.mark.parametrize("deed", ["update", "query"])
@pytest.mark.parametrize(
    ("delegation", "told"),
    [
        ({"seconds": 60, "targets": ["aaaaa-aa"]}, "is not one of the delegation targets"),
        ({"seconds": -60}, "delegation has expired"),
    ],
    ids=["for another canister", "past its date"],
)
def test_a_delegation_that_does_not_hold_is_refused(
    node: JavaScriptAgent, canister: bytes, delegation: dict[str, object], told: str, deed: str
) -> None:
    with pytest.raises(AgentError, match=told):
        getattr(node, deed)(canister, "get", identity="ed25519", delegation=delegation)


def test_rejects_come_with_their_code(node: JavaScriptAgent, canister: bytes) -> None:
    with pytest.raises(AgentError, match="IC0406"):
        node.update(canister, "no")
    with pytest.raises(AgentError, match="IC0536"):
        node.update(canister, "absent")
    told = node.tell("query", canister=to_text(canister), method="refuse", arg="")
    assert told == "rejected 4 IC0406"


def test_a_canister_of_no_subnet_is_refused(node: JavaScriptAgent) -> None:
    with pytest.raises(AgentError, match="400"):
        node.query(b"\7" * 10, "get")


@pytest.mark.parametrize("name", CALL_MEDDLINGS)
def test_an_updates_answer_that_was_meddled_with_is_not_believed(
    node: JavaScriptAgent, canister: bytes, root_key: str, meddler: Meddler, name: str
) -> None:
    before = count(node.query(canister, "get"))
    meddler.meddle("/call", CALL_MEDDLINGS[name])
    try:
        answer = node.update(canister, "inc", url=meddler.url, rootKey=root_key)
    except AgentError:
        return
    assert count(answer) == before + 1, "it may ask again for the certificate, and believe that"


@pytest.mark.parametrize("name", QUERY_MEDDLINGS)
def test_a_querys_answer_that_was_meddled_with_is_noticed(
    node: JavaScriptAgent, canister: bytes, root_key: str, meddler: Meddler, name: str
) -> None:
    meddler.meddle("/query", QUERY_MEDDLINGS[name])
    with pytest.raises(AgentError):
        node.query(canister, "get", url=meddler.url, rootKey=root_key)


def test_the_certificate_of_an_earlier_update_is_not_believed(
    node: JavaScriptAgent, canister: bytes, root_key: str, meddler: Meddler
) -> None:
    first: list[bytes] = []
    meddler.meddle("/call", kept(first), lambda status, _body: (status, first[0]))
    wish = {"url": meddler.url, "rootKey": root_key, "identity": "ed25519", "as": "updates twice"}
    before = count(node.update(canister, "inc", **wish))
    assert count(node.update(canister, "inc", **wish)) == before + 1


def test_the_answer_of_another_query_is_noticed(
    node: JavaScriptAgent, canister: bytes, root_key: str, meddler: Meddler
) -> None:
    """Its queries have no nonce and expire on full minutes: the same one twice has one id and one good answer."""
    first: list[bytes] = []
    meddler.meddle("/query", kept(first), *[lambda status, _body: (status, first[0])] * 4)
    wish = {"url": meddler.url, "rootKey": root_key, "identity": "ed25519", "as": "asks twice"}
    node.query(canister, "get", b"first", **wish)
    with pytest.raises(AgentError, match="signature"):
        node.query(canister, "get", b"second", **wish)


def test_node_keys_that_were_meddled_with_are_noticed(
    node: JavaScriptAgent, canister: bytes, root_key: str, meddler: Meddler
) -> None:
    meddler.meddle("/read_state", *[CALL_MEDDLINGS["a flipped bit"]] * 4)
    with pytest.raises(AgentError):
        node.query(canister, "get", url=meddler.url, rootKey=root_key)


def test_a_certificate_of_another_subnet_is_noticed(
    node: JavaScriptAgent, server: Server, canister: bytes, root_key: str, meddler: Meddler
) -> None:
    another = server.client().certificate(canister, [[b"time"]])
    assert node.read_state(OF_THE_NNS, [b"time"], url=meddler.url, rootKey=root_key)
    meddler.meddle("/read_state", with_fields(lambda answer: answer.update(certificate=another)))
    with pytest.raises(AgentError, match="does not include the canister"):
        node.read_state(OF_THE_NNS, [b"time"], url=meddler.url, rootKey=root_key)


def test_a_root_key_that_was_swapped_does_not_match_the_certificates(
    node: JavaScriptAgent, canister: bytes, meddler: Meddler
) -> None:
    with serving("--seed", "somebody else") as other:
        foreign = other.client().root_key
    meddler.meddle("/status", with_fields(lambda answer: answer.update(root_key=foreign)))
    with pytest.raises(AgentError):
        node.update(canister, "inc", url=meddler.url)
