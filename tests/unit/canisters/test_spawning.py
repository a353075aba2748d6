"""The spawn saga: every fault at every step leaves it able to go on, and nothing is made twice."""

from typing import Any

import pytest

from support.desk import Desk
from support.native_platform import NativePlatform
from support.platform import ADMIN, CUSTOMER, OPERATOR, RIVAL, code, ok

STEPS = ["create_canister", "canister_status", "install_chunked_code"]


@pytest.fixture
def platform() -> NativePlatform:
    """Configured, without a shard."""
    platform = NativePlatform()
    platform.configure()
    return platform


def spawn(platform: NativePlatform) -> int:
    return int(ok(platform.index.update("spawn_shard", platform.token(), caller=OPERATOR)))


def one(platform: NativePlatform) -> dict[str, Any]:
    (info,) = platform.shard_infos()
    return info


def test_a_shard_goes_from_a_wish_to_open(platform: NativePlatform) -> None:
    assert spawn(platform) == 1
    assert one(platform)["step"] == "create"
    platform.spawned()
    info = one(platform)
    assert (info["attempts"], info["last_failure"], info["state"]) == (0, None, {"Open": None})
    status = ok(platform.shard(info["canister"]).query("shard_status"))
    assert (status["shard"], status["start"], status["length"]) == (1, info["start"], 16)
    assert platform.calls == [
        "upload_chunk",
        "create_canister",
        "canister_status",
        "install_chunked_code",
        "canister_status",
    ]
    assert ok(platform.users.query("get_settings", caller=OPERATOR))["shards"] == 1
    route = ok(platform.index.query("route", {"ticket": info["start"] + 5, "epoch": 1}))
    assert route["place"]["canister"] == info["canister"]


@pytest.mark.parametrize("step", STEPS)
def test_a_refused_call_is_tried_again(platform: NativePlatform, step: str) -> None:
    platform.refuse.add(step)
    spawn(platform)
    platform.spawned()
    assert one(platform)["attempts"] == 1
    assert platform.calls.count("create_canister") == (2 if step == "create_canister" else 1)


def test_an_index_with_too_few_cycles_says_so_and_goes_on_when_it_gets_some(platform: NativePlatform) -> None:
    system = platform.index.system
    plenty, system.cycles = system.cycles, 10**12
    spawn(platform)
    platform.advance(30)
    assert (one(platform)["step"], one(platform)["last_failure"]) == ("create", "create: the index has too few cycles")
    assert "create_canister" not in platform.calls
    system.cycles = plenty
    platform.spawned()
    assert platform.calls.count("create_canister") == 1


def test_a_lost_reply_of_the_installation_installs_nothing_twice(platform: NativePlatform) -> None:
    platform.lose.add("install_chunked_code")
    spawn(platform)
    platform.spawned()
    assert platform.calls.count("install_chunked_code") == 1


def test_a_lost_reply_of_the_creation_costs_a_canister_and_nothing_else(platform: NativePlatform) -> None:
    platform.lose.add("create_canister")
    spawn(platform)
    platform.spawned()
    assert platform.calls.count("create_canister") == 2
    assert len(platform.shard_infos()) == 1


def test_users_stopped_in_between_holds_the_saga_up(platform: NativePlatform) -> None:
    platform.users.stop()
    spawn(platform)
    platform.advance(20)
    info = one(platform)
    assert info["step"] == "register"
    assert info["last_failure"].startswith("register: users did not answer")
    platform.users.start()
    platform.spawned()


@pytest.mark.parametrize("messages", range(1, 20, 3))
def test_an_upgrade_of_the_index_at_any_moment_resumes(platform: NativePlatform, messages: int) -> None:
    spawn(platform)
    interrupted_after(platform, messages)
    platform.index.upgrade()
    platform.network.run()
    platform.spawned(60)
    info = one(platform)
    assert (info["step"], len(platform.shard_infos())) == ("open", 1)
    assert len(platform.index.query("routing_table")["ranges"]) == 1
    assert platform.calls.count("create_canister") <= 2


def interrupted_after(platform: NativePlatform, messages: int) -> None:
    network = platform.network
    network._set_time(network.now + 1)
    for canister in list(network.canisters.values()):
        network._wake(canister)
    for _ in range(messages):
        if network._queue:
            network.step()


def test_an_open_shard_is_upgraded_to_the_module_that_is_set(platform: NativePlatform) -> None:
    spawn(platform)
    platform.spawned()
    request = platform.token() | {"shard": 1}
    assert platform.index.update("upgrade_shard", request, caller=OPERATOR) == {"Ok": None}
    assert platform.calls.count("install_chunked_code") == 1
    sha256, size = platform.module_hash()
    module = {"version": "2", "sha256": sha256, "size": size, "chunks": [sha256]}
    ok(platform.index.update("set_module", module, caller=OPERATOR))
    platform.refuse.add("install_chunked_code")
    request = platform.token() | {"shard": 1}
    assert code(platform.index.update("upgrade_shard", request, caller=OPERATOR)) == 402
    assert one(platform)["last_failure"].startswith("upgrade: ")
    assert platform.index.update("upgrade_shard", request, caller=OPERATOR) == {"Ok": None}
    info = one(platform)
    assert (info["module_version"], info["last_failure"], info["step"]) == ("2", None, "open")
    assert code(platform.index.update("upgrade_shard", platform.token() | {"shard": 7}, caller=OPERATOR)) == 300
    assert code(platform.index.update("upgrade_shard", platform.token() | {"shard": 1}, caller=ADMIN)) == 101


def test_spawning_needs_a_module_and_users() -> None:
    platform = NativePlatform()
    assert code(platform.index.update("spawn_shard", platform.token(), caller=OPERATOR)) == 402
    assert platform.shard_infos() == []


def test_leases_do_not_overlap_and_are_never_given_again(platform: NativePlatform) -> None:
    for _ in range(3):
        spawn(platform)
    platform.spawned()
    starts = [(info["start"], info["length"]) for info in platform.shard_infos()]
    assert starts == [(32_768, 16), (32_784, 16), (32_800, 16)]
    assert ok(platform.index.query("get_settings", caller=OPERATOR))["epoch"] == 3


def test_a_shard_refuses_another_lease_and_takes_its_own_again(platform: NativePlatform) -> None:
    spawn(platform)
    platform.spawned()
    info = one(platform)
    shard = platform.shard(info["canister"])
    lease = {"shard": 1, "start": info["start"], "length": 16, "capacity": 8, "high_water": 7}
    assert shard.update("grant_lease", lease, caller=platform.index.id) == {"Ok": None}
    for wrong in ({"start": info["start"] + 8}, {"length": 32}, {"shard": 2}, {"length": 17}, {"capacity": 0}):
        assert code(shard.update("grant_lease", lease | wrong, caller=platform.index.id)) == 403


def test_an_organisation_that_users_could_not_be_told_of_is_finished_by_a_timer(platform: NativePlatform) -> None:
    platform.users.stop()
    request = platform.token() | {"name": "Late", "slug": "late", "admin": ADMIN}
    assert code(platform.index.update("create_org", request, caller=OPERATOR)) == 402
    assert not ok(platform.index.query("get_org", 1, caller=OPERATOR))["ready"]
    platform.users.start()
    platform.advance(10)
    assert ok(platform.index.query("get_org", 1, caller=OPERATOR))["ready"]
    assert platform.index.update("create_org", request, caller=OPERATOR) == {"Ok": 1}
    assert ok(platform.users.query("get_organisation", 1, caller=ADMIN))["members"] == 1


def test_the_next_shard_is_ready_before_the_first_is_full(desk: Desk) -> None:
    platform = desk.platform
    for _ in range(6):
        desk.created(CUSTOMER)
    platform.network.tick(2)
    platform.spawned()
    assert [info["state"] for info in platform.shard_infos()] == [{"HighWater": None}, {"Open": None}]
    desk.created(CUSTOMER)
    refused = desk.shard.update("create_ticket", platform.new_ticket(desk.organisation), caller=CUSTOMER)
    assert code(refused) == 401
    placed = ok(platform.place(desk.organisation, CUSTOMER, full=(1,)))
    assert [place["shard"] for place in placed["shards"]] == [2]
    everywhere = ok(platform.index.query("shards_of", desk.organisation, caller=CUSTOMER))
    assert [place["shard"] for place in everywhere["shards"]] == [1, 2]
    assert ok(platform.index.update("shards_of_replicated", desk.organisation, caller=CUSTOMER)) == everywhere


def test_a_wrong_hint_that_a_shard_is_full_is_not_believed(desk: Desk) -> None:
    placed = ok(desk.platform.place(desk.organisation, CUSTOMER, full=(1,)))
    assert [place["shard"] for place in placed["shards"]] == [1]


def test_the_facade_moves_on_when_a_shard_is_full(desk: Desk) -> None:
    platform = desk.platform
    tickets = []
    for _ in range(10):
        answer = platform.index.update("create_ticket", platform.new_ticket(desk.organisation), caller=CUSTOMER)
        if "Err" in answer:
            assert answer["Err"]["code"] == 402
            platform.spawned()
        else:
            tickets.append(answer["Ok"]["ticket"])
        platform.network.tick(2)
    assert tickets[0] < 32_784 <= tickets[-1]
    shown = ok(platform.index.query("get_ticket", tickets[-1], caller=CUSTOMER))
    assert (shown["summary"]["id"], shown["proof"]) == (tickets[-1], None)
    listed = {
        "organisation": desk.organisation,
        **dict.fromkeys(("status", "assignee", "requester", "team", "cursor", "limit")),
    }
    ids = []
    for shard in (1, 2):
        page = ok(platform.index.query("list_tickets", {"shard": shard, "request": listed}, caller=CUSTOMER))
        ids += [ticket["id"] for ticket in page["tickets"]]
    assert sorted(ids) == [desk.ticket, *tickets]
    assert code(platform.index.query("list_tickets", {"shard": 9, "request": listed}, caller=CUSTOMER)) == 300
    assert code(platform.index.query("list_tickets", {"shard": 1, "request": listed}, caller=RIVAL)) == 300


def test_an_old_copy_of_the_table_is_moved(desk: Desk) -> None:
    answer = desk.platform.index.query("route", {"ticket": desk.ticket, "epoch": 0})
    assert answer["Err"]["detail"] == {"Moved": {"epoch": 1}}
    assert code(desk.platform.index.query("route", {"ticket": 5, "epoch": None})) == 300
