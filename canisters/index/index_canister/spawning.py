"""A shard from nothing to open: create, install, lease, register, verify, open (design, "Ids, placement, routing").

Every step may run twice. What a step learned is written in the slice that learned it, compared and set on the
record's version; a timer resumes what a fault interrupted.
"""

from collections.abc import Callable
from typing import Any

from kybra import Principal, ic

from index_canister.index_env import OPEN
from vex_canister.answers import Steps, ok_of, reply_of
from vex_canister.management_types import Management
from vex_canister.peer_services import ShardPeer, UsersPeer
from vex_canister.timed_work import AGAIN_SECONDS, run_every, run_later
from vex_domain.refusals import Invalid, Refusal, Unavailable
from vex_domain.text_rules import cut

WATCH_SECONDS = 30
STUCK_NS = 300_000_000_000
CYCLES_KEPT = 1_000_000_000_000
FAILURE_TEXT = 100
NO_ARGUMENT = b"DIDL\x00\x00"


def start(env: Any) -> int:
    """Journal the wish for a shard, its lease included, and let a timer fulfil it; returns its number.

    Raises Unavailable before module and users are configured.
    """
    settings = env.settings
    if settings["module_hash"] is None or not settings["users"]:
        raise Unavailable("users or the shard's module are not configured")
    number = env.stores.shards.len() + 1
    begins = settings["next_start"]
    env.change_settings({"next_start": begins + settings["lease_length"]})
    shard = {
        "step": "create",
        "version": 0,
        "canister": None,
        "start": begins,
        "length": settings["lease_length"],
        "capacity": settings["capacity"],
        "high_water": -(-settings["capacity"] * settings["high_water"] // 100),
        "module": None,
        "attempts": 0,
        "last_failure": None,
        "tickets": 0,
        "spawn_started": env.now(),
        "spawn_finished": None,
        "module_version": None,
        "upgrading_to": None,
    }
    env.stores.shards.insert(number, shard)
    env.unfinished.append(number)
    resume_soon(env)
    return number


def resume_soon(env: Any) -> None:
    """Let a timer of its own message go on with what is unfinished."""
    run_later(env, "spawn", resume)


def watch(env: Any) -> None:
    """Look again and again for what a lost timer left; armed at every start of the canister."""
    run_every(env, "spawn", resume, WATCH_SECONDS)


def resume(env: Any) -> Steps:
    """Go on with every unfinished shard, one run at a time; failures are noted and tried again later."""
    now = env.now()
    forgotten = [number for number, since in env.upgrading.items() if since + STUCK_NS < now]
    if (not env.unfinished and not forgotten) or now < env.resuming_since + STUCK_NS:
        return
    env.resuming_since = now
    try:
        for number in list(env.unfinished):
            yield from _run(env, number)
        for number in forgotten:
            yield from _upgrade_again(env, number)
    finally:
        env.resuming_since = 0
    if env.unfinished:
        run_later(env, "spawn", resume, AGAIN_SECONDS)


def _run(env: Any, number: int) -> Steps:
    try:
        while number in env.unfinished:
            shard = env.stores.shards.get(number)
            yield from STEPS[shard["step"]](env, number, shard)
    except Refusal as refusal:
        note_failure(env, number, refusal)


def note_failure(env: Any, number: int, refusal: Refusal) -> None:
    """Write why a step failed, for operators to see; an upgrade that failed is not underway any more."""
    shard = env.stores.shards.get(number)
    step = shard["step"] if shard["upgrading_to"] is None else "upgrade"
    failure = cut(step + ": " + str(refusal), FAILURE_TEXT)
    _advance(env, number, shard, {"attempts": shard["attempts"] + 1, "last_failure": failure, "upgrading_to": None})


def upgrade(env: Any, number: int) -> Steps:
    """Upgrade an open shard to the module that is set now, unless it runs it; journalled before the call.

    Raises Unavailable when that failed, and while another one is underway: the shard is as it was.
    """
    if env.upgrading.get(number, 0) + STUCK_NS > env.now():
        raise Unavailable("the shard is being upgraded")
    settings = env.settings
    wanted, version = settings["module_hash"], settings["module_version"]
    shard = env.stores.shards.get(number)
    if shard["module"] == wanted and shard["module_version"] == version:
        return
    _advance(env, number, shard, {"upgrading_to": version})
    env.upgrading[number] = env.now()
    try:
        call = _install_call(env, shard["canister"], "upgrade", NO_ARGUMENT)
        yield from reply_of(call, "the management canister")
    except Refusal as refusal:
        note_failure(env, number, refusal)
        raise
    finally:
        env.upgrading.pop(number, None)
    done = {"module": wanted, "module_version": version, "upgrading_to": None, "last_failure": None}
    _advance(env, number, env.stores.shards.get(number), done)


def _upgrade_again(env: Any, number: int) -> Steps:
    try:
        yield from upgrade(env, number)
    except Refusal:
        return  # noted, for operators to see


def _advance(env: Any, number: int, seen: dict[str, Any], changed: dict[str, Any]) -> None:
    """Write what a step learned, unless another run has gone on from the same version. Raises Unavailable then."""
    shard = env.stores.shards.get(number)
    if shard["version"] != seen["version"]:
        raise Unavailable("another run went on")
    shard.update(changed)
    shard["version"] += 1
    env.stores.shards.insert(number, shard)


def _create(env: Any, number: int, shard: dict[str, Any]) -> Steps:
    cycles = env.settings["shard_cycles"]
    if ic.canister_balance128() < cycles + CYCLES_KEPT:
        raise Unavailable("the index has too few cycles")
    call = Management(Principal(b"")).create_canister({"sender_canister_version": None}).with_cycles128(cycles)
    created = yield from reply_of(call, "the management canister")
    _advance(env, number, shard, {"canister": created["canister_id"].bytes, "step": "install"})


def _module_hash(canister: bytes) -> Steps:
    status = Management(Principal(b"")).canister_status({"canister_id": Principal(canister)})
    facts = yield from reply_of(status, "the management canister")
    return facts["module_hash"]


def _install(env: Any, number: int, shard: dict[str, Any]) -> Steps:
    installed = yield from _module_hash(shard["canister"])
    # What is installed and what is written down of it are one module, even when an operator sets another one meanwhile.
    wanted, version = env.settings["module_hash"], env.settings["module_version"]
    if installed != wanted:
        mode = "install" if installed is None else "reinstall"
        call = _install_call(env, shard["canister"], mode, _setup_argument(env, number))
        yield from reply_of(call, "the management canister")
    _advance(env, number, shard, {"module": wanted, "module_version": version, "step": "lease"})


def _install_call(env: Any, canister: bytes, mode: str, argument: bytes) -> Any:
    """The call that installs the module that is set now, out of the index's own chunk store."""
    hashes = [{"hash": env.stores.chunks.get(chunk)} for chunk in range(env.settings["module_chunks"])]
    arguments = {
        "mode": {mode: None},
        "target_canister": Principal(canister),
        "store_canister": ic.id(),
        "chunk_hashes_list": hashes,
        "wasm_module_hash": env.settings["module_hash"],
        "arg": argument,
        "sender_canister_version": None,
    }
    return Management(Principal(b"")).install_chunked_code(arguments)


def _setup_argument(env: Any, number: int) -> bytes:
    index, users = ic.id().to_str(), Principal(env.users).to_str()
    text = '(record { index = principal "' + index + '"; users = principal "' + users + '"; shard = '
    argument: bytes = ic.candid_encode(text + str(number) + " : nat32 })")
    return argument


def _lease(env: Any, number: int, shard: dict[str, Any]) -> Steps:
    lease = {field: shard[field] for field in ("start", "length", "capacity", "high_water")}
    lease["shard"] = number
    yield from ok_of(ShardPeer(Principal(shard["canister"])).grant_lease(lease), "the shard")
    _advance(env, number, shard, {"step": "register"})


def _register(env: Any, number: int, shard: dict[str, Any]) -> Steps:
    yield from ok_of(UsersPeer(Principal(env.users)).register_shard(Principal(shard["canister"])), "users")
    _advance(env, number, shard, {"step": "verify"})


def _verify(env: Any, number: int, shard: dict[str, Any]) -> Steps:
    status = yield from ok_of(ShardPeer(Principal(shard["canister"])).shard_status(), "the shard")
    installed = yield from _module_hash(shard["canister"])
    if installed != shard["module"]:
        raise Unavailable("the shard runs another module")
    if status["shard"] != number or any(status[field] != shard[field] for field in ("start", "length", "capacity")):
        raise Invalid("lease", "is not what the shard holds")
    _open(env, number, shard)


def _open(env: Any, number: int, shard: dict[str, Any]) -> None:
    _advance(env, number, shard, {"step": OPEN, "last_failure": None, "spawn_finished": env.now()})
    env.unfinished.remove(number)
    env.routes.add(shard["start"], shard["length"], number)
    env.routes.epoch += 1
    env.change_settings({"epoch": env.routes.epoch})
    env.certify()


STEPS: dict[str, Callable[[Any, int, dict[str, Any]], Steps]] = {
    "create": _create,
    "install": _install,
    "lease": _lease,
    "register": _register,
    "verify": _verify,
}
