"""The published JavaScript agent in a Node process of its own (`tests/foreign/agent.mjs`), with its checks on."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from candid.principal import to_text
from support.motoko import FOREIGN, needs_node


class AgentError(Exception):
    """What the agent threw; `name` is its error's name."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class JavaScriptAgent:
    """One Node process. `further` is what `agent.mjs` knows: identity, delegation, rootKey, as (an agent's name)."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self._process = process
        self.url = url

    def update(self, canister: bytes, method: str, arg: bytes = b"", **further: Any) -> bytes:
        return bytes.fromhex(self.tell("update", canister=to_text(canister), method=method, arg=arg.hex(), **further))

    def query(self, canister: bytes, method: str, arg: bytes = b"", **further: Any) -> bytes:
        return bytes.fromhex(self.tell("query", canister=to_text(canister), method=method, arg=arg.hex(), **further))

    def read_state(self, canister: bytes, path: list[bytes], **further: Any) -> bytes:
        labels = [label.hex() for label in path]
        return bytes.fromhex(self.tell("readState", canister=to_text(canister), path=labels, **further))

    def tell(self, deed: str, **wish: Any) -> str:
        """Let it do one thing. Raises AgentError."""
        assert self._process.stdin and self._process.stdout  # noqa: PT018 - both are pipes
        self._process.stdin.write(json.dumps({"do": deed, "url": self.url, **wish}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise AgentError(answer["error"], answer["message"])
        text: str = answer["ok"]
        return text


@contextmanager
def javascript_agent(url: str) -> Iterator[JavaScriptAgent]:
    """An agent for the replica at `url`, ended afterwards."""
    needs_node()
    command = ["node", "agent.mjs"]
    with subprocess.Popen(command, cwd=FOREIGN, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield JavaScriptAgent(process, url)
        process.terminate()
