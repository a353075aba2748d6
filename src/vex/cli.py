"""The `vex` command: `vex demo`."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from vex.demo.figures import Figures
from vex.demo.replica import local_replica
from vex.demo.run import Plan, run_demo
from vex.demo.screen import Screen
from vex.deployment import Deployment, Modules
from vex.errors import VexError
from vex.exports import ExportError, read_export

app = typer.Typer(add_completion=False, no_args_is_help=True, help="VEX: support tickets in canisters.")


@app.callback()
def _commands() -> None:
    """Keep `vex demo` a subcommand while it is the only one."""


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
    folder = Path(tempfile.mkdtemp(prefix="vex-demo-"))
    try:
        desk = read_export(export)
        loaded = Modules.read(modules)
        with local_replica(folder, port=port, seed=seed, keep=keep) as url, screen.progress:
            plan = Plan(url, desk, loaded, folder / "journal.sqlite", in_flight)
            figures, deployment = asyncio.run(run_demo(plan, screen))
    except (VexError, ExportError, OSError) as error:
        screen.console.print(f"[red]The demo failed:[/red] {error}\nThe replica's log is in {folder}.")
        raise typer.Exit(1) from error
    screen.tables(figures)
    if as_json:
        json.dump({**figures.as_json(), "url": url if keep else None}, sys.stdout, indent=1)
        sys.stdout.write("\n")
    _farewell(screen, figures, deployment, url, folder, keep=keep)


def _farewell(screen: Screen, figures: Figures, deployment: Deployment, url: str, folder: Path, *, keep: bool) -> None:
    """What to try next; exit 1 when something was not as it has to be."""
    if keep:
        screen.console.print(
            f"The network is up at {url}: index {deployment.index}, users {deployment.users}, state in {folder}.\n"
            f"Stop it with: kill {(folder / 'pid').read_text().strip()}"
        )
    else:
        screen.console.print("Next: scripts/demo --keep leaves the network up; scripts/test runs every test.")
    wrong = figures.as_json()["unexpected"]
    if wrong or not figures.upgrade_survived or figures.tickets_listed != figures.report.tickets:
        screen.console.print(f"[red]Not as it has to be:[/red] {wrong or figures.as_json()}")
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the `vex` command."""
    app()


if __name__ == "__main__":
    main()
