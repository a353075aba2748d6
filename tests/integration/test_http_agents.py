"""The agents that people use, against `local-replica`: icp-py-core with checked certificates, and ic-py."""

from collections.abc import Iterator

import cbor2
import ic
import pytest
from ic.agent import Agent as IcPyAgent
from ic.client import Client as IcPyClient
from ic.identity import Identity as IcPyIdentity
from icp_agent import Agent, Client
from icp_candid.candid import Types, encode
from icp_certificate.certificate import Certificate
from icp_identity import Identity
from icp_principal import Principal

from candid.principal import to_text
from support.http_client import HttpClient, Server, serving
from support.in_process_driver import install_arg
from support.small_modules import DOORMAN, compiled
from vex.certificates import RootedCertificate, verified_certificate
from vex.errors import Untrusted

TALLY = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (memory 1)
  (data (i32.const 0) "DIDL\\00\\01\\78")
  (func $tell (call $append (i32.const 0) (i32.const 15)) (call $reply))
  (func (export "canister_update inc")
    (i64.store (i32.const 7) (i64.add (i64.load (i32.const 7)) (i64.const 1))) (call $tell))
  (func (export "canister_query get") (call $tell)))
"""
"""Counts, and tells a Candid nat64."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--seed", "agents") as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> HttpClient:
    return server.client()


@pytest.fixture
def counter(client: HttpClient) -> bytes:
    return client.create(compiled(TALLY))


def agent(server: Server, identity: Identity | None = None) -> Agent:
    return Agent(identity or Identity(), Client(server.url))


def told(reply: list[dict[str, object]]) -> object:
    """The one value of a decoded answer."""
    return reply[0]["value"]


@pytest.fixture
def trusting(client: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let icp-py-core's own check run, with our root key and pyblst in place of its `blst`."""

    def verify(self: Certificate, canister: object, **_: object) -> None:
        encoded = {"tree": self.tree, "signature": self.signature}
        if self.delegation is not None:
            encoded["delegation"] = self.delegation
        RootedCertificate(encoded, client.root_key).verify(Principal.from_str(str(canister)).bytes)

    monkeypatch.setattr(Certificate, "assert_certificate_valid", verify)


@pytest.mark.usefixtures("trusting")
def test_icp_py_core_updates_with_a_checked_certificate(server: Server, counter: bytes) -> None:
    reply = agent(server).update_raw(to_text(counter), "inc", b"", verify_certificate=True)
    assert told(reply) == 1


def test_icp_py_core_queries_and_checks_the_node_signature(server: Server, client: HttpClient, counter: bytes) -> None:
    client.call(counter, "inc")
    reply = agent(server).query_raw(to_text(counter), "get", b"", verify_query_signatures=True)
    assert told(reply) == 1


@pytest.mark.usefixtures("trusting")
def test_icp_py_core_reads_state(server: Server, counter: bytes) -> None:
    path = [b"canister", counter, b"controllers"]
    certificate = agent(server).read_state_raw(to_text(counter), [path])
    assert cbor2.loads(certificate.lookup(path)) != []


def test_icp_py_core_creates_and_installs_through_the_management_canister(server: Server) -> None:
    amount = Types.Record({"amount": Types.Opt(Types.Nat)})
    mine = agent(server)
    arg = encode([{"type": amount, "value": {"amount": [10**15]}}])
    created = mine.update_raw(
        "aaaaa-aa",
        "provisional_create_canister_with_cycles",
        arg,
        effective_canister_id="aaaaa-aa",
        verify_certificate=False,
    )
    canister = Principal.from_str(str(next(iter(created[0]["value"].values())))).bytes
    install = install_arg(canister, "install", compiled(TALLY), b"")
    mine.update_raw(
        "aaaaa-aa", "install_code", install, effective_canister_id=to_text(canister), verify_certificate=False
    )
    reply = mine.update_raw(to_text(canister), "inc", b"", verify_certificate=False)
    assert told(reply) == 1


@pytest.mark.parametrize("kind", ["ed25519", "secp256k1"])
def test_icp_py_core_identities_of_every_kind_are_believed(server: Server, counter: bytes, kind: str) -> None:
    mine = agent(server, Identity(type=kind))
    assert told(mine.update_raw(to_text(counter), "inc", b"", verify_certificate=False)) == 1


def test_a_refusal_by_inspect_message_reaches_the_agent(server: Server, client: HttpClient) -> None:
    doorman = client.create(compiled(DOORMAN))
    with pytest.raises(Exception, match="rejected the message"):
        agent(server).update_raw(to_text(doorman), "closed", b"", verify_certificate=False)


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_one_flipped_byte_of_an_answer_is_noticed(client: HttpClient, counter: bytes, version: str) -> None:
    _, envelope = client.signer.envelope("read_state", paths=[[b"canister", counter, b"module_hash"]])
    answer = client.post(f"/api/{version}/canister/{to_text(counter)}/read_state", envelope)
    certificate = cbor2.loads(answer.content)["certificate"]
    verified_certificate(certificate, client.root_key, counter)
    for position in range(20, len(certificate), 7):
        changed = certificate[:position] + bytes([certificate[position] ^ 1]) + certificate[position + 1 :]
        with pytest.raises(Untrusted):
            verified_certificate(changed, client.root_key, counter)


def test_ic_py_updates_queries_and_reads_state(server: Server, counter: bytes) -> None:
    mine = IcPyAgent(IcPyIdentity(), IcPyClient(url=server.url))
    text = to_text(counter)
    assert told(mine.update_raw(text, "inc", b"")) == 1
    assert told(mine.query_raw(text, "get", b"")) == 1
    certificate = mine.read_state_raw(text, [[b"canister", counter, b"module_hash"]])
    assert ic.certificate.lookup([b"canister", counter, b"module_hash"], certificate) is not None
