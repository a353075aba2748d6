"""`canister build`, `canister size` and `canister runtime`."""

from pathlib import Path
from typing import Annotated

import typer

from canister_runtime.image.build import build
from canister_runtime.image.errors import ImageError, RuntimeMissing
from canister_runtime.image.images import Image
from canister_runtime.image.runtime import Runtime, find_runtime
from canister_runtime.image.sizes import parts
from canister_runtime.source.reading import Reading, read_canister

runtime_app = typer.Typer(help="The base module that canisters are built on.", no_args_is_help=True)

Source = Annotated[Path, typer.Argument(help="A folder with a main.py, or the entry file itself.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="FILE.wasm, or FILE.wasm.gz for the gzipped module.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the `canister` command."""
    app.command("build")(build_command)
    app.command("size")(size_command)
    app.add_typer(runtime_app, name="runtime")


def build_command(
    source: Source,
    output: Output,
    profiled: Annotated[bool, typer.Option("--profile", help="Count what each Python function takes.")] = False,
) -> None:
    """Build a canister's WebAssembly module. Exit code 1: the source is at fault, 2: the machine is."""
    reading = _read(source)
    image = _image(reading, _runtime(), profiled=profiled)
    for warning in reading.warnings:
        typer.echo(f"{warning} (warning)", err=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(image.gzipped if output.suffix == ".gz" else image.module)
    for line in image.printed:
        typer.echo(f"printed while imaging: {line}", err=True)
    typer.echo(f"{output}: {summary(image)}")


def size_command(source: Source) -> None:
    """What the bytes of a canister's module are. Exit codes as `build`."""
    reading, runtime = _read(source), _runtime()
    image = _image(reading, runtime)
    for part in parts(image.module, runtime.base_module.read_bytes()):
        typer.echo(f"{part.name:10} {part.size:>12,} gzipped {part.gzipped:>10,}")
    typer.echo(f"written    {len(image.module):>12,} gzipped {len(image.gzipped):>10,}")


def summary(image: Image) -> str:
    """Sizes and time in one line."""
    megabyte = 1_000_000
    return (
        f"{len(image.module) / megabyte:.2f} MB, gzipped {len(image.gzipped) / megabyte:.2f} MB, "
        f"memory {image.heap / megabyte:.1f} MB in {image.segments} segments, {image.seconds:.1f} s"
    )


@runtime_app.command("info")
def info() -> None:
    """Version, hash and size of the base module."""
    runtime = _runtime()
    typer.echo(f"CPython     {runtime.cpython}")
    typer.echo(f"zlib        {runtime.zlib}")
    typer.echo(f"compiler    clang {runtime.clang}")
    typer.echo(f"inputs      {runtime.hash}")
    typer.echo(f"base module {runtime.base_module.stat().st_size} bytes, sha256 {runtime.sha256}")
    typer.echo(f"folder      {runtime.folder}")


def _read(source: Path) -> Reading:
    try:
        reading = read_canister(source)
    except FileNotFoundError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    for problem in reading.problems:
        typer.echo(str(problem), err=True)
    if reading.problems:
        raise typer.Exit(1)
    return reading


def _image(reading: Reading, runtime: Runtime, *, profiled: bool = False) -> Image:
    try:
        return build(reading, runtime, profiled=profiled)
    except ImageError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _runtime() -> Runtime:
    try:
        return find_runtime()
    except RuntimeMissing as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
