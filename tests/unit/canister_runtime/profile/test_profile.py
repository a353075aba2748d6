"""The report of a profiled module as a table, as folded stacks and as a flame graph."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from canister_runtime.cli import app
from canister_runtime.profile.flame_graph import WIDTH, flame_graph
from canister_runtime.profile.report import folded, functions, read_report

ROWS = (
    "0\t\t0\t\t2\t100",
    "0\t<canister>/main.py\t3\tadd\t2\t300",
    "1\t<canister>/main.py\t9\tdeeper\t4\t50",
    "2\t<canister>/main.py\t9\tdeeper\t1\t25",
    "1\t<runtime>/x.py\t1\tC.<lambda>\t1\t25",
)
REPORT = "\n".join(ROWS)
SVG = "{http://www.w3.org/2000/svg}"


def test_totals_hold_what_a_function_called() -> None:
    assert [call.total for call in read_report(REPORT)] == [500, 400, 75, 25, 25]


def test_a_recursive_functions_total_counts_an_instruction_once() -> None:
    found = {each.name: each for each in functions(read_report(REPORT))}
    assert (found["deeper"].own, found["deeper"].total, found["deeper"].calls) == (75, 75, 5)
    assert [each.name for each in functions(read_report(REPORT))][:2] == ["add", "message"]


def test_folded_stacks_name_every_function_from_the_message_on() -> None:
    assert folded(read_report(REPORT))[3] == (
        "message;add (<canister>/main.py:3);deeper (<canister>/main.py:9);deeper (<canister>/main.py:9) 25"
    )


def test_the_flame_graph_gives_each_call_its_share_of_the_width() -> None:
    drawn = ET.fromstring(flame_graph(read_report(REPORT)))  # noqa: S314 - our own
    widths = [float(box.attrib["width"]) for box in drawn.iter(f"{SVG}rect")]
    assert sorted(widths, reverse=True) == pytest.approx([WIDTH, WIDTH * 0.8, WIDTH * 0.15, WIDTH / 20, WIDTH / 20])
    assert any("C.<lambda>" in str(title.text) for title in drawn.iter(f"{SVG}title"))


@pytest.mark.parametrize("text", ["", "0\t\t0", "0\t\t0\t\t1\tx", "1\t\t0\t\t1\t1"])
def test_a_text_that_is_no_report_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text(text)
    assert CliRunner().invoke(app, ["profile", str(file)]).exit_code == 1


def test_a_report_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    binary = tmp_path / "report.wasm"
    binary.write_bytes(b"\0asm\xff")
    for file in (tmp_path / "absent.txt", tmp_path, binary):
        told = CliRunner().invoke(app, ["profile", str(file)])
        assert told.exit_code == 1
        assert str(file) in told.stderr
        assert told.stderr.count("\n") == 1


def test_the_command_prints_a_table_and_writes_both_files(tmp_path: Path) -> None:
    file, svg, stacks = tmp_path / "report.txt", tmp_path / "flames.svg", tmp_path / "stacks.txt"
    file.write_text(REPORT)

    result = CliRunner().invoke(app, ["profile", str(file), "--svg", str(svg), "--folded", str(stacks)])

    assert "500 instructions in 2 messages" in result.stdout
    assert "<canister>/main.py:9" in result.stdout
    assert svg.read_text().startswith("<svg")
    assert len(stacks.read_text().splitlines()) == 5
