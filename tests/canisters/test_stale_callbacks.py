"""A canister upgraded while a call is under way: the reply finds nobody, and resumes nobody else."""

from pathlib import Path
from textwrap import dedent

import pytest
from pocket_ic import PocketIC

from candid.codec import decode, encode
from candid.principal import Principal
from candid.types import PRINCIPAL, TEXT
from canister_runtime.image.build import build_canister
from support.pocket_ic_driver import PocketIcDriver

ANYONE = b"\x04"
NOTHING = encode([], [])

CALLER = """
    from kybra import Async, Principal, Service, query, service_update, text, update

    class Slow(Service):
        @service_update
        def wait(self) -> text: ...

    log = []

    @update
    def first(peer: Principal) -> Async[text]:
        result = yield Slow(peer).wait()
        log.append("first " + str(result.Ok))
        return "first"

    @update
    def second(peer: Principal) -> Async[text]:
        result = yield Slow(peer).wait()
        log.append("second " + str(result.Ok))
        return "second"

    @query
    def read_log() -> text:
        return "; ".join(log)
"""

SLOW = """
    from kybra import Async, Principal, ic, text, update

    waits = [0]

    @update
    def wait() -> Async[text]:
        waits[0] += 1
        mine = waits[0]
        for _ in range(40 // mine):
            yield ic.call_raw(Principal.management_canister(), "raw_rand", ic.candid_encode("()"), 0)
        return "wait " + str(mine)
"""
"""Each `raw_rand` takes a round."""


@pytest.fixture
def driver(pic: PocketIC, tmp_path: Path) -> PocketIcDriver:
    for name, source in (("caller", CALLER), ("slow", SLOW)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.py").write_text(dedent(source))
    driver = PocketIcDriver(pic, lambda module: build_canister(tmp_path / module).gzipped)
    for label in ("caller", "slow"):
        driver.create(label, 10**16)
        assert driver.install(label, label, "install", NOTHING, ANYONE).reject is None
    return driver


@pytest.mark.slow
def test_a_reply_to_a_former_life_resumes_no_generator_of_the_new_one(driver: PocketIcDriver) -> None:
    slow = encode([PRINCIPAL], [Principal(driver.id_of("slow"))])
    former = driver.submit("caller", "first", slow, ANYONE)
    driver.tick(4)
    assert driver.install("caller", "caller", "upgrade", NOTHING, ANYONE).reject is None
    present = driver.submit("caller", "second", slow, ANYONE)
    answer = driver.wait(present)
    stale = driver.wait(former)
    assert stale.reject is not None
    assert "StaleCallback" in stale.reject[1]
    assert answer.reply is not None
    assert decode([TEXT], answer.reply) == ["second"]
    log = driver.query("caller", "read_log", NOTHING, ANYONE)
    assert log.reply is not None
    assert decode([TEXT], log.reply) == ["second wait 2"]
