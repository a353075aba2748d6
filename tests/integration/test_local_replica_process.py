"""`local-replica start` as a process: state over restarts and kills, signals, locks, full disks."""

import contextlib
import random
import resource
import signal
import struct
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cbor2
import httpx
import pytest

from candid.principal import to_text
from support.http_client import HttpClient, Rejected, Signer, command, serving, start
from support.small_modules import COUNTER, compiled
from vex.certificates import verified_certificate


def count(reply: bytes) -> tuple[int, int, int]:
    return struct.unpack("<3I", reply)


def test_canisters_and_their_memories_survive_a_restart(tmp_path: Path) -> None:
    with serving("--state-dir", str(tmp_path)) as server:
        client = server.client()
        counter = client.create(compiled(COUNTER))
        client.call(counter, "inc")
        root_key = client.root_key
    with serving("--state-dir", str(tmp_path)) as server:
        client = server.client()
        assert client.root_key == root_key
        assert count(client.query(counter, "get")) == (1, 1, 1)
        assert count(client.call(counter, "inc")) == (2, 2, 2)


def test_an_answer_is_there_after_a_restart_and_the_request_is_not_run_again(tmp_path: Path) -> None:
    signer = Signer()
    with serving("--state-dir", str(tmp_path)) as server:
        client = server.client(signer)
        counter = client.create(compiled(COUNTER))
        request_id, envelope = signer.envelope("call", canister_id=counter, method_name="inc", arg=b"")
        path = f"/api/v4/canister/{to_text(counter)}/call"
        first = client.post(path, envelope)
        assert first.status_code == 200
    with serving("--state-dir", str(tmp_path)) as server:
        client = server.client(signer)
        certificate = client.read_state(counter, [(b"request_status", request_id)])
        assert count(certificate.lookup_reply(request_id) or b"") == (1, 1, 1)
        assert client.post(path, envelope).status_code == 200
        assert count(client.query(counter, "get")) == (1, 1, 1)


class Caller(threading.Thread):
    """Increments its own counter until the server is gone."""

    def __init__(self, client: HttpClient, counter: bytes, value: int) -> None:
        super().__init__()
        self.client, self.counter = client, counter
        self.acknowledged = self.sent = value

    def run(self) -> None:
        with contextlib.suppress(httpx.HTTPError):
            while True:
                self.sent += 1
                self.acknowledged = count(self.client.call(self.counter, "inc"))[0]


@pytest.mark.slow
def test_kill_9_loses_no_acknowledged_update(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - moments to kill at
    with serving("--state-dir", str(tmp_path)) as server:
        client = server.client()
        values = {client.create(compiled(COUNTER)): (0, 0) for _ in range(6)}
    for _ in range(6):
        server = start("--state-dir", str(tmp_path))
        callers = []
        for counter, (acknowledged, sent) in values.items():
            client = server.client()
            heap, in_global, stable = count(client.query(counter, "get"))
            assert heap == in_global == stable
            assert acknowledged <= heap <= sent
            callers.append(Caller(client, counter, heap))
        for caller in callers:
            caller.start()
        time.sleep(chance.uniform(0.1, 0.8))
        server.process.kill()
        server.process.communicate(timeout=30)
        for caller in callers:
            caller.join()
        values = {caller.counter: (caller.acknowledged, caller.sent) for caller in callers}
    assert all(acknowledged > 0 for acknowledged, _ in values.values())


def test_calls_in_flight_share_blocks() -> None:
    with serving() as server:
        client = server.client()
        counter = client.create(compiled(COUNTER))
        envelopes = [
            client.signer.envelope("call", canister_id=counter, method_name="inc", arg=b"")[1] for _ in range(64)
        ]
        times = set()
        with ThreadPoolExecutor(16) as threads, httpx.Client(base_url=server.url, timeout=60) as http:
            path = f"/api/v4/canister/{to_text(counter)}/call"
            for answer in threads.map(lambda envelope: http.post(path, content=cbor2.dumps(envelope)), envelopes):
                certificate = cbor2.loads(answer.content)["certificate"]
                times.add(verified_certificate(certificate, client.root_key, counter).lookup_time())
        assert count(client.query(counter, "get")) == (64, 64, 64)
    assert len(times) < 64


def test_a_full_disk_acknowledges_nothing_and_ends_the_server_with_a_reason(tmp_path: Path) -> None:
    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    server = start("--state-dir", str(tmp_path), preexec_fn=no_room)
    client = server.client()
    counter = client.create(compiled(COUNTER))
    acknowledged: list[int] = []

    def call_for_ever() -> None:
        while True:
            acknowledged.append(count(client.call(counter, "inc"))[0])

    with pytest.raises(httpx.HTTPStatusError) as refused:
        call_for_ever()
    assert refused.value.response.status_code == 503
    assert server.process.wait(timeout=30) == 1
    assert "state could not be stored" in server.process.communicate()[1]
    with serving("--state-dir", str(tmp_path)) as server:
        assert count(server.client().query(counter, "get"))[0] == acknowledged[-1]


def test_a_second_server_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    with serving("--state-dir", str(tmp_path)), pytest.raises(RuntimeError, match="served by another process"):
        start("--state-dir", str(tmp_path))


def test_another_seed_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    with serving("--state-dir", str(tmp_path), "--seed", "one"):
        pass
    with pytest.raises(RuntimeError, match="made with seed 'one'"):
        start("--state-dir", str(tmp_path), "--seed", "two")


def test_one_seed_has_one_root_key() -> None:
    keys = []
    for seed in ("a", "a", "b"):
        with serving("--seed", seed) as server:
            keys.append(HttpClient(server.url).root_key)
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    server = start("--state-dir", str(tmp_path))
    server.client()
    server.process.send_signal(number)
    assert server.process.wait(timeout=10) == 0
    assert server.process.communicate()[1] == ""


@pytest.mark.parametrize("server", [("local-replica", "start"), ("pocket-ic-local",)])
def test_a_port_that_cannot_be_had_is_named_in_one_line(server: tuple[str, ...]) -> None:
    with serving() as other:
        taken = other.url.rsplit(":", 1)[1]
        for port, reason in ((taken, "in use"), ("99999", "0 to 65535")):
            start = [command(server[0]), *server[1:], "--port", port]
            ended = subprocess.run(start, capture_output=True, text=True, timeout=30, check=False)
            assert ended.returncode == 1
            assert reason in ended.stderr
            assert f"127.0.0.1:{port}" in ended.stderr
            assert ended.stderr.count("\n") == 1


def test_it_listens_on_loopback_only() -> None:
    with serving() as server:
        port = int(server.url.rsplit(":", 1)[1])
        listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    addresses = {fields[1].split(":")[0] for fields in listening if int(fields[1].split(":")[1], 16) == port}
    assert addresses <= {"0100007F"}


def test_pocket_ic_local_ends_with_its_client(tmp_path: Path) -> None:
    client = subprocess.Popen(["sleep", "60"])
    port_file = tmp_path / f"pocket_ic_{client.pid}.port"
    server = subprocess.Popen([command("pocket-ic-local"), "--port-file", str(port_file)])
    try:
        deadline = time.monotonic() + 20
        while not (port_file.exists() and port_file.read_text().endswith("\n")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        second = subprocess.run([command("pocket-ic-local"), "--port-file", str(port_file)], timeout=20, check=False)
        assert second.returncode == 0
        assert server.poll() is None
        client.kill()
        client.wait()
        assert server.wait(timeout=10) == 0
        assert not port_file.exists()
    finally:
        server.kill()
        client.kill()


def test_pocket_ic_local_ends_when_nobody_asks_for_long(tmp_path: Path) -> None:
    port_file = tmp_path / "other.port"
    server = subprocess.Popen([command("pocket-ic-local"), "--port-file", str(port_file), "--ttl", "1"])
    assert server.wait(timeout=20) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_reject_is_certified_too() -> None:
    with serving() as server:
        client = server.client()
        counter = client.create(compiled(COUNTER))
        with pytest.raises(Rejected, match="IC0503"):
            client.call(counter, "inc_and_trap")
        assert count(client.query(counter, "get")) == (0, 0, 0)


ENDLESS = """
(module (func (export "canister_update loop") (loop $again (br $again))))
"""


def test_a_canister_in_an_endless_loop_does_not_keep_the_process(tmp_path: Path) -> None:
    server = start("--state-dir", str(tmp_path))
    client = server.client()
    canister = client.create(compiled(ENDLESS))
    _, envelope = client.signer.envelope("call", canister_id=canister, method_name="loop", arg=b"")
    with contextlib.suppress(httpx.ReadTimeout):
        client.http.post(
            f"/api/v4/canister/{to_text(canister)}/call", content=cbor2.dumps(envelope), timeout=1
        ).raise_for_status()
    server.process.terminate()
    server.process.wait(timeout=15)
