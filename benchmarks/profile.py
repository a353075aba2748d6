"""`python -m benchmarks.profile SOURCE METHOD ['(arguments)']`: a method profiled on a replica in this process."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.bench_replica import LocalCaller, MeteredReplica
from candid import Principal, decode, did, encode
from candid.text import parse_args
from candid.types import TEXT, Type
from canister_runtime.image.build import build_canister
from canister_runtime.profile.commands import profile_command
from vex.deployment import Management

NOTHING = encode([], [])


def run(  # noqa: PLR0917 - the command line's arguments and options
    source: Annotated[Path, typer.Argument(help="A folder with a main.py, or the entry file itself.")],
    method: Annotated[str, typer.Argument(help="The method to call; queries are called as updates.")],
    arguments: Annotated[str, typer.Argument(help="Its arguments as Candid text.")] = "()",
    init: Annotated[str, typer.Option(help="The init arguments as Candid text.")] = "()",
    times: Annotated[int, typer.Option(help="How often to call it; one call before is not counted.")] = 1,
    svg: Annotated[Path | None, typer.Option(help="Write a flame graph to this file.")] = None,
    stacks: Annotated[Path | None, typer.Option("--folded", help="Write folded stacks, for other tools.")] = None,
    report: Annotated[Path, typer.Option(help="Where the canister's report goes.")] = Path("build/profile.txt"),
) -> None:
    """Build for profiling, install on a replica in this process, call, show."""
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(asyncio.run(profiled(source, method, arguments, init, times)), encoding="utf-8")
    profile_command(str(report), svg, stacks)


async def profiled(source: Path, method: str, arguments: str, init: str = "()", times: int = 1) -> str:
    """The report of `times` calls."""
    image = build_canister(source, profiled=True)
    interface = did.parse(image.did)
    called = interface.methods()[method]
    caller = LocalCaller(MeteredReplica())
    management = Management(caller)
    near = Principal(caller.replica.default_effective_canister_id())
    canister_id = await management.create(near, 10**17)
    await management.install(canister_id, image.module, _encoded(interface, interface.init or (), init))
    argument = _encoded(interface, called.args, arguments)
    await caller.update(canister_id, method, argument)
    await caller.update(canister_id, "canister_profile_reset", NOTHING)
    for _ in range(times):
        await caller.update(canister_id, method, argument)
    (text,) = decode([TEXT], await caller.query(canister_id, "canister_profile", NOTHING))
    return str(text)


def _encoded(interface: did.Interface, types: tuple[Type, ...], text: str) -> bytes:
    return encode(list(types), parse_args(text, types, interface.env), interface.env)


if __name__ == "__main__":
    typer.run(run)
