"""The checker refuses what Kybra refuses or miscompiles, and nothing else."""

import site
from pathlib import Path

import pytest

from canister_runtime.source.reading import read_canister
from canister_runtime.source.rules import rules
from support.accepted_sources import ACCEPTED
from support.rejected_sources import REJECTED, Rejected
from support.sources import read_sources

SEEN_ELSEWHERE = {"K106", "K706"}
ENVIRONMENT = site.getsitepackages()


@pytest.mark.parametrize("files", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_kybra_compiles_as_meant_is_accepted(files: str | dict[str, str], tmp_path: Path) -> None:
    reading = read_sources(tmp_path, files)

    assert reading.problems == ()
    assert reading.model is not None


@pytest.mark.parametrize("case", REJECTED.values(), ids=REJECTED.keys())
def test_what_kybra_refuses_or_breaks_is_refused_at_its_line(case: Rejected, tmp_path: Path) -> None:
    reading = read_sources(tmp_path, case.files)

    found = [(problem.rule, problem.file, problem.line) for problem in reading.problems]
    assert (case.rule, str(tmp_path / case.file), case.line) in found
    assert reading.model is None


def test_every_rule_has_a_rejected_source_unless_it_warns() -> None:
    refusing = {rule.id for rule in rules() if not rule.is_warning}

    assert refusing == {case.rule for case in REJECTED.values()} | SEEN_ELSEWHERE


def test_a_file_that_is_not_utf8_is_refused_whatever_its_coding_line_says(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_bytes("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"))

    reading = read_sources(tmp_path, "import part\n")

    assert [problem.rule for problem in reading.problems] == ["K106"]


def test_an_entry_whose_name_cannot_be_imported_is_refused(tmp_path: Path) -> None:
    entry = tmp_path / "my-canister.py"
    entry.write_text("")

    assert [problem.rule for problem in read_canister(entry).problems] == ["K706"]


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("def f():\n    print('x')\n", "K707"),
        ("from kybra import Record, nat\nclass A(Record):\n    a: nat = 1\n", "K307"),
        ("import uuid\nx = uuid.uuid4\n", "K905"),
        ("from secrets import token_bytes\n", "K905"),
        ("import _random\ndef f():\n    return _random.Random().random()\n", "K905"),
        ("import os\ndef f():\n    return os.urandom(8)\n", "K905"),
        ("from kybra import ic\ndef f(owner):\n    return owner != ic.caller()\n", "K709"),
        ("from kybra import ic\ndef f(admins):\n    me = ic.caller()\n    return me in admins\n", "K709"),
        ("from kybra import Principal\ndef f(a: Principal, b: Principal):\n    return a == b\n", "K709"),
    ],
)
def test_warns_without_refusing(source: str, rule: str, tmp_path: Path) -> None:
    reading = read_sources(tmp_path, source)

    assert reading.problems == ()
    assert [warning.rule for warning in reading.warnings] == [rule]


PACKAGE = {
    "from kybra import Record\nif True:\n    class Entry(Record):\n        id: int\n": "K332",
    "from kybra import query\nif True:\n    @query\n    def log() -> str:\n        return ''\n": "K333",
    "def f(a):\n    return {**a, 'version': 1}\n": "K110",
    "import kybra\nclass Entry(kybra.Record):\n    id: int\n": "K331",
}


@pytest.mark.parametrize(("source", "rule"), PACKAGE.items(), ids=PACKAGE.values())
def test_what_kybra_passes_over_is_a_warning_in_an_installed_package(
    source: str, rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "installed"
    monkeypatch.setattr(site, "getsitepackages", lambda: [*ENVIRONMENT, str(installed)])
    entry = "from kybra import query\nimport package\n@query\ndef f() -> str:\n    return 'f'\n"

    reading = read_sources(tmp_path / "project", {"main.py": entry, "../installed/package/__init__.py": source})

    assert [warning.rule for warning in reading.warnings] == [rule]
    assert reading.model is not None
    assert [method.name for method in reading.model.methods] == ["f"]


def test_what_stops_kybra_is_refused_in_an_installed_package_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "installed"
    monkeypatch.setattr(site, "getsitepackages", lambda: [*ENVIRONMENT, str(installed)])
    package = "def f(x):\n    match x:\n        case 1:\n            return 1\n"

    reading = read_sources(
        tmp_path / "project", {"main.py": "import package\n", "../installed/package/__init__.py": package}
    )

    assert [problem.rule for problem in reading.problems] == ["K102"]


@pytest.mark.parametrize(
    "body",
    [
        "return owner.to_str() == ic.caller().to_str()",
        "return owner is None or owner == None",
        "me = ic.caller().to_str()\n    return me in {}",
        "owner = owner.to_str()\n    return owner == 'aaaaa-aa'",
        "return 'aaaaa-aa' in [owner]",
    ],
)
def test_principals_that_are_compared_as_texts_are_no_breach(body: str, tmp_path: Path) -> None:
    source = f"from kybra import Principal, ic\ndef f(owner: Principal):\n    {body}\n"

    assert read_sources(tmp_path, source).warnings == ()


def test_a_problem_is_one_line_with_place_kybras_answer_and_fix(tmp_path: Path) -> None:
    reading = read_sources(tmp_path, "x = 1\na = b = x\n")

    (problem,) = reading.problems
    assert str(problem) == (
        f"{tmp_path}/main.py:2:1: K201 several targets at top level"
        " — Kybra: its analyser wants one name on the left of every top-level assignment and stops"
        " — fix: one assignment for each name"
    )


def test_all_problems_are_found_at_once(tmp_path: Path) -> None:
    reading = read_sources(tmp_path, "from kybra import *\na = b = 1\n@query\ndef m(x) -> float:\n    return x\n")

    assert [problem.rule for problem in reading.problems] == ["K201", "K404", "K325"]
