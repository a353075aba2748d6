"""`canister check` and `canister did`."""

from pathlib import Path

from typer.testing import CliRunner

from canister_runtime.cli import app
from canister_runtime.source.rules import reference

RUNNER = CliRunner()
DOCUMENT = Path(__file__).parents[4] / "docs" / "reference" / "checker.md"
GOOD = "from kybra import nat, query\n@query\ndef m() -> nat:\n    return 1\n"


def test_check_passes_a_folder_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(GOOD)

    assert RUNNER.invoke(app, ["check", str(tmp_path)]).exit_code == 0
    assert RUNNER.invoke(app, ["check", str(tmp_path / "main.py")]).exit_code == 0


def test_check_refuses_with_one_line_for_each_problem(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("a = b = 1\nc, d = 1, 2\n")

    result = RUNNER.invoke(app, ["check", str(tmp_path)])

    assert result.exit_code == 1
    assert [line.split()[1] for line in result.stdout.splitlines()] == ["K201", "K202"]


def test_check_prints_warnings_and_passes(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(GOOD + "print(1)\n")

    result = RUNNER.invoke(app, ["check", str(tmp_path)])

    assert result.exit_code == 0
    assert "K707" in result.output


def test_a_path_without_a_canister_is_another_exit_code(tmp_path: Path) -> None:
    assert RUNNER.invoke(app, ["check", str(tmp_path)]).exit_code == 2


def test_did_prints_the_interface(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(GOOD)

    result = RUNNER.invoke(app, ["did", str(tmp_path)])

    assert result.stdout == "service : () -> { m : () -> (nat) query }\n"


def test_did_of_a_refused_source_prints_the_problems(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("a = b = 1\n")

    result = RUNNER.invoke(app, ["did", str(tmp_path)])

    assert result.exit_code == 1
    assert "K201" in result.stdout


def test_the_reference_document_holds_the_table_of_rules() -> None:
    listed = RUNNER.invoke(app, ["check", "--list-rules"]).stdout

    assert listed == reference()
    assert listed in DOCUMENT.read_text()
