"""`python -m benchmarks.run [--json FILE] [--markdown] [--only GROUP]`: measures, prints a table, writes JSON."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.beside import measured_beside
from benchmarks.counter import measured_counter
from benchmarks.figures import Figure, markdown, table
from benchmarks.files import measured_files
from benchmarks.life import measured_life
from benchmarks.operations import measured_operations
from benchmarks.process import measured_process
from benchmarks.product import measured_growth, measured_product, modules
from benchmarks.service import measured_service
from benchmarks.throughput import measured_http, measured_replica

GROUPS: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "operations": measured_operations,
    "product": lambda: measured_product(modules()),
    "service": lambda: measured_service(modules()),
    "files": measured_files,
    "life": measured_life,
    "growth": lambda: measured_growth(modules()),
    "replica": measured_replica,
    "counter": measured_counter,
    "beside": measured_beside,
    "process": measured_process,
    "http": measured_http,
}


def run(
    only: Annotated[list[str] | None, typer.Option(help=f"Groups to measure: {', '.join(GROUPS)}; all.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file.")] = None,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the table as a document holds it.")] = False,
) -> None:
    """Measure what canisters cost and how fast the replica is."""
    unknown = sorted(set(only or ()) - set(GROUPS))
    if unknown:
        raise typer.BadParameter(f"no group {', '.join(unknown)}; there are {', '.join(GROUPS)}", param_hint="--only")
    figures: list[Figure] = []
    for name in only or GROUPS:
        figures += asyncio.run(_measured(GROUPS[name]))
    if as_markdown:
        sys.stdout.write(markdown(figures) + "\n")
    else:
        Console(width=max(Console().width, 150)).print(table(figures))
    if as_json is not None:
        named = {figure.name: figure.as_json() for figure in figures}
        as_json.write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")


async def _measured(group: Callable[[], Awaitable[list[Figure]]]) -> list[Figure]:
    return await group()


if __name__ == "__main__":
    typer.run(run)
