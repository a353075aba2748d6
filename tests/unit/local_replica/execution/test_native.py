"""The C beside the executor: compiled once a machine, made anew where it was spoilt, done without where it must be."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_replica.execution import native
from local_replica.execution.native import host_calls
from local_replica.execution.native_stable import NativeStableMemory, new_stable_memory


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, and nobody who remembers what was loaded."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    host_calls.cache_clear()
    yield tmp_path / "local-replica"
    host_calls.cache_clear()


def test_the_library_is_compiled_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert host_calls() is not None
    monkeypatch.setattr(native.shutil, "which", lambda _: pytest.fail("compiled again"))
    host_calls.cache_clear()
    assert host_calls() is not None
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"\x7fELF", b"\0" * 20_000])
def test_a_spoilt_library_is_compiled_anew(cache: Path, damage: bytes) -> None:
    host_calls()
    (path,) = cache.iterdir()
    path.unlink()
    path.write_bytes(damage)
    host_calls.cache_clear()
    assert host_calls() is not None
    content = path.read_bytes()
    assert hashlib.sha256(content[:-32]).digest() == content[-32:]


def test_without_a_compiler_python_does_the_same(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native.shutil, "which", lambda _: None)
    assert host_calls() is None
    assert not isinstance(new_stable_memory(), NativeStableMemory)
    assert not cache.exists()


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("options", ["'", "-fsanitize=address", "-nonsense"])
def test_options_for_what_others_compile_change_nothing(monkeypatch: pytest.MonkeyPatch, options: str) -> None:
    monkeypatch.setenv("CFLAGS", options)
    assert host_calls() is not None


@pytest.mark.usefixtures("cache")
def test_where_no_library_can_be_kept_python_does_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert host_calls() is None
    assert not isinstance(new_stable_memory(), NativeStableMemory)
