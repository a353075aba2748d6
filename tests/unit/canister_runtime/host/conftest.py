"""Canisters written in the test that uses them, loaded on the native host."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from canister_runtime.host.native import NativeCanister

Load = Callable[..., NativeCanister]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """`load(source, *init_args, **options)`: a canister whose `main.py` is `source`."""
    count = 0

    def load_source(source: str, *args: Any, **options: Any) -> NativeCanister:
        nonlocal count
        count += 1
        folder = tmp_path / f"canister{count}"
        folder.mkdir()
        (folder / "main.py").write_text(dedent(source))
        return NativeCanister.load(folder, *args, **options)

    return load_source
