"""`canister build` and `canister runtime info`: what they print, write and answer."""

import gzip
from pathlib import Path

import pytest
from typer.testing import CliRunner

from canister_runtime.cli import app
from canister_runtime.image.runtime import find_runtime

GREETER = "from kybra import query, text\n\n\n@query\ndef greet(name: text) -> text:\n    return f'Hello, {name}!'\n"


@pytest.fixture
def greeter(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text(GREETER)
    return tmp_path


def test_a_module_is_written_and_its_size_and_time_printed(greeter: Path) -> None:
    output = greeter / "build" / "greeter.wasm"
    result = CliRunner().invoke(app, ["build", str(greeter), "-o", str(output)])
    assert result.exit_code == 0
    assert output.read_bytes().startswith(b"\0asm")
    for part in (str(output), " MB, gzipped ", " segments, ", " s\n"):
        assert part in result.output


def test_a_name_that_ends_in_gz_asks_for_the_gzipped_module(greeter: Path) -> None:
    runner = CliRunner()
    plain, gzipped = greeter / "greeter.wasm", greeter / "greeter.wasm.gz"
    for output in (plain, gzipped):
        assert runner.invoke(app, ["build", str(greeter), "-o", str(output)]).exit_code == 0
    assert gzip.decompress(gzipped.read_bytes()) == plain.read_bytes()


def test_a_source_at_fault_is_exit_code_one_and_one_line(greeter: Path) -> None:
    (greeter / "main.py").write_text(GREETER + "\n\nraise ValueError('at the top')\n")
    result = CliRunner().invoke(app, ["build", str(greeter), "-o", str(greeter / "x.wasm")])
    assert result.exit_code == 1
    assert result.output == f"{greeter}/main.py:9: ValueError: at the top\n"
    assert not (greeter / "x.wasm").exists()


def test_what_the_checker_refuses_is_not_built(greeter: Path) -> None:
    (greeter / "main.py").write_text(GREETER.replace("name: text", "name"))
    result = CliRunner().invoke(app, ["build", str(greeter), "-o", str(greeter / "x.wasm")])
    assert result.exit_code == 1
    assert "main.py:5" in result.output


def test_what_the_checker_warns_of_is_said_and_built(greeter: Path) -> None:
    (greeter / "main.py").write_text(GREETER.replace("return", "print(name)\n    return"))
    result = CliRunner().invoke(app, ["build", str(greeter), "-o", str(greeter / "x.wasm")])
    assert result.exit_code == 0
    assert f"{greeter}/main.py:6:5: K707" in result.stderr
    assert result.stderr.endswith("(warning)\n")


def test_a_folder_without_an_entry_is_exit_code_two(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["build", str(tmp_path), "-o", str(tmp_path / "x.wasm")])
    assert result.exit_code == 2
    assert "no such canister entry" in result.output


def test_a_missing_runtime_is_exit_code_two_and_says_how_to_build_it(
    greeter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANISTER_RUNTIME", str(greeter / "nowhere"))
    result = CliRunner().invoke(app, ["build", str(greeter), "-o", str(greeter / "x.wasm")])
    assert result.exit_code == 2
    assert result.output == f"no runtime in {greeter}/nowhere: run scripts/install (or runtime/build)\n"


def test_the_runtime_tells_version_hash_and_size() -> None:
    runtime = find_runtime()
    result = CliRunner().invoke(app, ["runtime", "info"])
    assert result.exit_code == 0
    for part in (runtime.cpython, runtime.hash, runtime.sha256, f"{runtime.base_module.stat().st_size} bytes"):
        assert part in result.output


def test_a_source_without_kybra_is_refused_as_no_canister(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("print('hello')\n")
    result = CliRunner().invoke(app, ["build", str(tmp_path), "-o", str(tmp_path / "x.wasm")])
    assert result.exit_code == 1
    assert result.stderr == f"{tmp_path / 'main.py'}: it imports nothing of kybra, so it is no canister\n"
