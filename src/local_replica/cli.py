"""`local-replica`: serves the IC HTTP API on loopback, with blocks made by themselves and state on disk."""

from pathlib import Path
from typing import Annotated

import typer

from local_replica.http.serve import DEFAULT_PORT, Settings, serve
from local_replica.store import StoreError

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@app.callback()
def _group() -> None:
    """A local replica of the Internet Computer."""


@app.command()
def start(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = DEFAULT_PORT,
    state_dir: Annotated[Path | None, typer.Option(help="Directory to keep the state in; none: memory only.")] = None,
    seed: Annotated[str, typer.Option(help="Source of keys, canister ids and raw_rand.")] = "local-replica",
    port_file: Annotated[Path | None, typer.Option(help="File to write the port to, once requests are taken.")] = None,
) -> None:
    """Serve until SIGINT or SIGTERM."""
    try:
        reason = serve(Settings(port, state_dir, seed, port_file))
    except (StoreError, OSError) as error:
        reason = str(error)
    if reason is not None:
        typer.echo(f"local-replica: {reason}", err=True)
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the console script."""
    app()
