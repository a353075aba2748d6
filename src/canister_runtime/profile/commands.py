"""`canister profile`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from canister_runtime.profile.flame_graph import flame_graph
from canister_runtime.profile.report import Function, folded, functions, read_report

_WIDEST = 150


def register(app: typer.Typer) -> None:
    """Add this command to the `canister` command."""
    app.command("profile")(profile_command)


def profile_command(
    report: Annotated[str, typer.Argument(help="The file with what canister_profile answered; - is standard input.")],
    svg: Annotated[Path | None, typer.Option(help="Write a flame graph to this file.")] = None,
    stacks: Annotated[Path | None, typer.Option("--folded", help="Write folded stacks, for other tools.")] = None,
    rows: Annotated[int, typer.Option(help="How many functions to show.")] = 40,
) -> None:
    """Show what the functions of a module built with `canister build --profile` took. Exit code 1: not a report."""
    try:
        calls = read_report(sys.stdin.read() if report == "-" else Path(report).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        typer.echo(f"{report}: {error}", err=True)
        raise typer.Exit(1) from error
    if svg is not None:
        svg.write_text(flame_graph(calls), encoding="utf-8")
    if stacks is not None:
        stacks.write_text("\n".join(folded(calls)) + "\n", encoding="utf-8")
    Console(width=max(Console().width, _WIDEST)).print(table(functions(calls)[:rows], calls[0].total, calls[0].calls))


def table(found: list[Function], everything: int, messages: int) -> Table:
    """The functions as a table; instructions as the counter tells them."""
    shown = Table(title=f"{everything:,} instructions in {messages} messages", box=box.SIMPLE)
    for name in ("itself", "%", "with callees", "calls", "each"):
        shown.add_column(name, justify="right")
    shown.add_column("function")
    shown.add_column("place")
    for each in found:
        share = f"{100 * each.own / max(everything, 1):.1f}"
        numbers = (f"{each.own:,}", share, f"{each.total:,}", f"{each.calls:,}", f"{each.own // each.calls:,}")
        shown.add_row(*numbers, each.name, each.place)
    return shown
