"""The `vex` command: `vex demo`, `vex verify`."""

import asyncio
import json
import shutil
import signal
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from icp_identity.identity import Identity
from rich.console import Console

from candid import Principal
from vex.demo.figures import Figures
from vex.demo.kept import Kept
from vex.demo.replica import local_replica
from vex.demo.run import Plan, run_demo
from vex.demo.screen import Screen
from vex.demo.suitable import check
from vex.deployment import Modules
from vex.errors import VexError
from vex.exports import Desk, ExportError, read_export
from vex.helpdesk import Helpdesk
from vex.network import Network
from vex.verification import VerifiedHistory, verified_ticket, verify_organisation, verify_ticket

app = typer.Typer(add_completion=False, no_args_is_help=True, help="VEX: support tickets in canisters.")

FORESEEN = (VexError, ExportError, OSError, sqlite3.Error)


@app.command()
def demo(
    export: Annotated[Path, typer.Option(help="A support desk's export: JSON file or folder.")] = Path("samples/desk"),
    modules: Annotated[Path, typer.Option(help="Where scripts/build wrote the modules.")] = Path("build"),
    in_flight: Annotated[int, typer.Option(min=1, max=256, help="Requests at a time.")] = 24,
    port: Annotated[int, typer.Option(help="Port of the local replica; 0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option(help="One seed gives one history of ids and randomness.")] = 2026,
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the network up.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures for programs.")] = False,
) -> None:
    """Deploy to a local replica, import a desk, show what is refused, upgrade a shard."""
    screen = Screen(Console(stderr=True))
    _end_as_by_ctrl_c(signal.SIGTERM, signal.SIGHUP)
    try:
        desk = read_desk(export)
        loaded = read_modules(modules)
        folder = Path(tempfile.mkdtemp(prefix="vex-demo-"))
    except (ExportError, OSError) as error:
        raise _failed(screen, error) from error
    try:
        with local_replica(folder, port=port, seed=seed, keep=keep) as url, screen.progress:
            plan = Plan(url, desk, loaded, folder / "journal.sqlite", in_flight)
            figures, deployment = asyncio.run(run_demo(plan, screen))
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        screen.say("Stopped. Nothing is left running.")
        raise typer.Exit(130) from None
    except (*FORESEEN, ExceptionGroup) as error:
        raise _failed(screen, error, f"\nThe replica's state and log are in {folder}.") from error
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
    screen.tables(figures)
    kept = Kept(url, deployment, folder, desk) if keep else None
    if kept:
        kept.write_key()
    if as_json:
        told = kept.as_json() if kept else {"url": None}
        json.dump({**figures.as_json(), **told}, sys.stdout, indent=1)
        sys.stdout.write("\n")
    screen.say(
        kept.words() if kept else "Next: scripts/demo --keep leaves the network up; scripts/test runs every test."
    )
    _judge(screen, figures)


@app.command()
def verify(
    url: Annotated[str, typer.Option(help="The replica, such as http://127.0.0.1:4943.")],
    index: Annotated[str, typer.Option(help="The index canister's id.")],
    organisation: Annotated[int, typer.Option(help="The organisation's id.")],
    key: Annotated[Path, typer.Option(help="PEM file of somebody with audit.read.")],
    ticket: Annotated[int | None, typer.Option(help="Check one ticket and its history too.")] = None,
) -> None:
    """Check the hash-chained history of an organisation's shards against the subnet's certificates."""
    screen = Screen(Console(stderr=True))
    try:
        identity, index_id = _key_of(key), _index_of(index)
        histories, about_ticket = asyncio.run(_verified(url, index_id, organisation, identity, ticket))
    except FORESEEN as error:
        screen.say(f"Not verified: {error}")
        raise typer.Exit(1) from error
    for history in histories:
        head = history.head.hex() if history.head else "none"
        typer.echo(f"{history.shard}: {history.events} events ({history.shown} of this organisation), head {head}")
    if about_ticket is not None:
        typer.echo(about_ticket)
    screen.say("Verified: every event follows from the one before, and the subnet certifies the last of each shard.")


def _key_of(file: Path) -> Identity:
    """The identity in a PEM file. Raises OSError."""
    try:
        return Identity.from_pem(file.read_text())
    except ValueError as error:
        raise OSError(f"{file} holds no private key as PEM: {error}") from error


def _index_of(text: str) -> Principal:
    """A canister's id. Raises OSError."""
    try:
        return Principal.from_text(text)
    except ValueError as error:
        raise OSError(f"{text} is no canister id: {error}") from error


async def _verified(
    url: str, index: Principal, organisation: int, identity: Identity, ticket: int | None
) -> tuple[list[VerifiedHistory], str | None]:
    """What was checked of every shard, and the words about the ticket that was asked for."""
    async with Network(url) as network:
        helpdesk, root_key = Helpdesk(network.caller(identity), index), await network.root_key()
        histories = await verify_organisation(helpdesk, organisation, root_key)
        if ticket is None:
            return histories, None
        events = await verify_ticket(helpdesk, organisation, ticket)
        version = (await verified_ticket(helpdesk, organisation, ticket, root_key)).summary.version
        return histories, f"ticket {ticket}: version {version} is certified, {len(events)} events"


def read_desk(export: Path) -> Desk:
    """The export, if the demo can do something with it. Raises ExportError."""
    if not export.exists():
        raise ExportError(f"{export}: no such file or folder")
    desk = read_export(export)
    check(desk)
    return desk


def read_modules(folder: Path) -> Modules:
    """The built modules. Raises OSError that says how to make them."""
    try:
        return Modules.read(folder)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{error.filename} is missing: scripts/build makes it") from error


def _failed(screen: Screen, error: Exception, hint: str = "") -> typer.Exit:
    """One line for what can be foreseen; anything else keeps its traceback."""
    first = error
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    if not isinstance(first, FORESEEN):
        raise error
    screen.say(f"The demo failed: {first}{hint}")
    return typer.Exit(1)


def _end_as_by_ctrl_c(*signals: signal.Signals) -> None:
    """So that no replica is left behind; what the caller ignores (nohup) stays ignored."""
    for number in signals:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _judge(screen: Screen, figures: Figures) -> None:
    """Exit 1 when something was not as it has to be."""
    wrong = figures.as_json()["unexpected"]
    seen = {figures.tickets_listed, figures.tickets_counted}
    if wrong or not figures.upgrade_survived or seen != {figures.report.tickets}:
        screen.say(f"Not as it has to be: {wrong or figures.as_json()}")
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the `vex` command."""
    app()


if __name__ == "__main__":
    main()
