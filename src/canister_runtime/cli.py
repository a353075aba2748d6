"""The `canister` command: build, check, describe and profile canisters written in Python."""

from pathlib import Path
from typing import Annotated

import typer

from canister_runtime.image.commands import register
from canister_runtime.profile.commands import register as register_profile
from canister_runtime.source.did import did_text
from canister_runtime.source.reading import Reading, read_canister
from canister_runtime.source.rules import reference

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
register(app)
register_profile(app)

Source = Annotated[Path, typer.Argument(help="A folder with a main.py, or the entry file itself.")]


@app.command()
def check(
    source: Annotated[Path | None, typer.Argument(help="A folder with a main.py, or the entry file itself.")] = None,
    list_rules: Annotated[bool, typer.Option("--list-rules", help="Print the table of rules and stop.")] = False,
) -> None:
    """Refuse what Kybra would refuse or compile wrongly, one line per problem, exit code 1 if there is one."""
    if list_rules:
        typer.echo(reference(), nl=False)
        return
    if source is None:
        raise typer.BadParameter("give a folder or a file to check")
    reading = _read(source)
    _report(reading)
    count = len(reading.bundle.modules)
    typer.echo(f"{source}: {count} module{'s' if count > 1 else ''}, nothing to refuse", err=True)


@app.command()
def did(source: Source) -> None:
    """Print the Candid interface."""
    reading = _read(source)
    _report(reading)
    if reading.model is not None:
        typer.echo(did_text(reading.model))


def _read(source: Path) -> Reading:
    try:
        return read_canister(source)
    except FileNotFoundError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _report(reading: Reading) -> None:
    for problem in reading.problems:
        typer.echo(str(problem))
    for warning in reading.warnings:
        typer.echo(f"{warning} (warning)", err=True)
    if reading.problems:
        raise typer.Exit(1)


def main() -> None:
    """The console script's entry point."""
    app()
