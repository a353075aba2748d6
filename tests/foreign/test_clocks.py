"""A network whose clock is an hour off shows old certificates, or ones of tomorrow: agents take neither."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from icp_identity.identity import Identity

from candid import Principal
from support.in_process_driver import install_arg
from support.javascript_agent import AgentError, JavaScriptAgent, javascript_agent
from support.rest_client import ONE_APPLICATION_SUBNET, RestServer
from support.small_modules import COUNTER, compiled
from vex.errors import Untrusted
from vex.network import Network

HOUR_NS = 3600 * 10**9
PROVISIONAL = b"DIDL\1\x6c\0\1\0"
"""An empty record: a canister with the default cycles."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestServer]:
    started = RestServer(tmp_path_factory.mktemp("server"))
    yield started
    started.close()


@pytest.fixture(scope="module", params=[-HOUR_NS, HOUR_NS], ids=["an hour behind", "an hour ahead"])
def skewed(request: pytest.FixtureRequest, server: RestServer) -> tuple[str, Principal]:
    """The address of such a network, and a counter on it."""
    start = {"Timestamp": {"nanos_since_epoch": time.time_ns() + request.param}}
    instance = server.create_instance({**ONE_APPLICATION_SUBNET, "initial_time": start})
    counter = instance.update(b"", "provisional_create_canister_with_cycles", PROVISIONAL)[-10:]
    instance.update(b"", "install_code", install_arg(counter, "install", compiled(COUNTER), b""), counter)
    asked = {"forward_to": {"PocketIcInstance": instance.number}}
    port = server.http.post("/http_gateway", json=asked).json()["Created"]["port"]
    return f"http://127.0.0.1:{port}", Principal(counter)


def test_the_sdk_believes_neither_state_nor_queries(skewed: tuple[str, Principal]) -> None:
    url, counter = skewed

    async def ask(what: str) -> object:
        async with Network(url) as network:
            caller = network.caller(Identity(anonymous=True))
            if what == "state":
                return await caller.read_state(counter, [[b"time"]])
            return await caller.query(counter, "get", b"")

    for what in ("state", "query"):
        with pytest.raises(Untrusted):
            asyncio.run(ask(what))


@pytest.fixture(scope="module")
def node(skewed: tuple[str, Principal]) -> Iterator[JavaScriptAgent]:
    with javascript_agent(skewed[0]) as agent:
        yield agent


def test_the_javascript_agent_believes_no_state(node: JavaScriptAgent, skewed: tuple[str, Principal]) -> None:
    with pytest.raises(AgentError, match="ertificate"):
        node.read_state(skewed[1].bytes, [b"time"])
