"""Methods, guards, hooks and manual replies."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from candid.principal import Principal
from canister_runtime.host.failures import Unreachable
from canister_runtime.host.native import NativeCanister, NativeNetwork, Rejected

Load = Callable[..., NativeCanister]

COUNTER = """
    from kybra import nat64, query, text, update, void

    count = 0

    @update
    def increase(by: nat64) -> nat64:
        global count
        count += by
        return count

    @update
    def increase_and_fail(by: nat64) -> void:
        increase(by)
        raise ValueError("no")

    @query
    def read() -> nat64:
        return count

    @query
    def increase_in_query() -> nat64:
        return increase(5)
"""


def test_an_update_keeps_what_it_changed(load: Load) -> None:
    canister = load(COUNTER)
    assert canister.update("increase", 3) == 3
    assert canister.update("increase", 4) == 7
    assert canister.query("read") == 7


def test_a_trap_takes_back_what_the_message_changed_and_shows_the_exception(load: Load) -> None:
    canister = load(COUNTER)
    canister.update("increase", 3)
    with pytest.raises(Rejected, match="ValueError: no") as caught:
        canister.update("increase_and_fail", 10)
    assert caught.value.code == 5
    assert isinstance(caught.value.__cause__, ValueError)
    assert canister.query("read") == 3


def test_a_query_leaves_nothing_behind(load: Load) -> None:
    canister = load(COUNTER)
    assert canister.query("increase_in_query") == 5
    assert canister.update("increase_in_query") == 5
    assert canister.query("read") == 0


def test_two_canisters_of_one_source_share_no_state(load: Load) -> None:
    first, second = load(COUNTER), load(COUNTER)
    first.update("increase", 3)
    assert second.query("read") == 0


def test_an_upgrade_runs_the_top_level_again(load: Load) -> None:
    canister = load(COUNTER)
    canister.update("increase", 3)
    canister.upgrade()
    assert canister.query("read") == 0


def test_a_guard_decides_before_arguments_are_read(load: Load) -> None:
    canister = load("""
        from kybra import GuardResult, ic, nat64, update

        def members_only() -> GuardResult:
            if ic.caller().to_str() == "2vxsx-fae":
                return {"Err": "members only"}
            return {"Ok": None}

        @update(guard=members_only)
        def double(x: nat64) -> nat64:
            return x * 2
    """)
    with pytest.raises(Rejected) as refused:
        canister.update_raw("double", b"garbage")
    assert (refused.value.code, refused.value.message) == (4, "members only")
    assert canister.update("double", 4, caller="aaaaa-aa") == 8


def test_reply_finds_the_method_below_helpers(load: Load) -> None:
    canister = load("""
        from kybra import ic, Manual, text, update

        def answer(value):
            ic.reply(value + "!")

        @update
        def shout(value: text) -> Manual[text]:
            answer(value)
    """)
    assert canister.update("shout", "hey") == "hey!"


def test_inspect_message_refuses_what_it_does_not_accept(load: Load) -> None:
    canister = load("""
        from kybra import ic, inspect_message, text, update, void

        @inspect_message
        def inspect() -> void:
            if ic.method_name() == "open":
                ic.accept_message()

        @update
        def open() -> text:
            return "in"

        @update
        def shut() -> text:
            return "in"
    """)
    assert canister.update("open") == "in"
    with pytest.raises(Rejected, match="rejected the message"):
        canister.update("shut")


def test_init_arguments_arrive_and_a_failing_init_installs_nothing(load: Load) -> None:
    source = """
        from kybra import init, query, text, void

        name = {"is": ""}

        @init
        def start(given: text) -> void:
            if not given:
                raise ValueError("a name, please")
            name["is"] = given

        @query
        def read() -> text:
            return name["is"]
    """
    canister = load(source, "Ada")
    assert canister.query("read") == "Ada"
    with pytest.raises(Rejected, match="a name, please"):
        canister.install("")
    assert canister.query("read") == "Ada"


def test_a_method_that_import_star_does_not_reach_is_named(load: Load) -> None:
    with pytest.raises(Rejected, match="`secret`") as caught:
        load("""
            from kybra import query, text

            @query
            def secret() -> text:
                return ""

            del secret
        """)
    assert isinstance(caught.value.__cause__, Unreachable)


def test_randomness_is_asked_for_after_installation_and_again_when_refused(load: Load) -> None:
    network = NativeNetwork()
    answers = [b"DIDL\x01\x6d\x7b\x01\x00\x20" + bytes(range(32))]

    def raw_rand(_caller: bytes, _argument: bytes, _cycles: int) -> bytes:
        if not refused:
            refused.append(True)
            raise Rejected(2, "not now")
        return answers[0]

    refused: list[bool] = []
    network.handle(Principal(b""), "raw_rand", raw_rand)
    canister = load(COUNTER, network=network)
    network.tick()
    assert canister.system.seed is None
    network.advance(61)
    assert canister.system.seed == bytes(range(32))


def test_a_changed_source_is_read_anew(tmp_path: Path) -> None:
    source = tmp_path / "main.py"
    for changed, answer in enumerate(("first", "other")):
        text = f'from kybra import query, text\n\n@query\ndef ask_{answer}() -> text:\n    return "{answer}"\n'
        source.write_text(text)
        os.utime(source, ns=(changed, changed))
        assert NativeCanister.load(tmp_path).query(f"ask_{answer}") == answer
