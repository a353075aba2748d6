"""The rules of the Candid specification, one assertion each, in the format of its own test suite."""

from pathlib import Path

import pytest

from candid.testing import Assertion, Outcome, Suite, main, parse_suite

FIXTURES = Path(__file__).parents[2] / "fixtures" / "candid"
SUITES = {path.name: parse_suite(path.read_text(encoding="utf-8")) for path in sorted(FIXTURES.glob("*.test.did"))}
CASES = [(name, assertion) for name, suite in SUITES.items() for assertion in suite.assertions]


@pytest.mark.parametrize(("name", "assertion"), CASES, ids=[f"{name}:{case.line}" for name, case in CASES])
def test_the_assertion_holds(name: str, assertion: Assertion) -> None:
    suite = Suite(SUITES[name].env, [assertion])
    assert suite.run() == [Outcome(assertion, None)]


@pytest.mark.parametrize(
    "wrong",
    [
        'assert blob "DIDL\\00\\00" !: ();',
        'assert blob "DIDL\\00\\01\\7e\\01" == "(false)" : (bool);',
        'assert blob "DIDL\\00\\01\\7e\\01" != "(true)" : (bool);',
        'assert blob "DIDL\\00\\01\\7e\\02" : (bool);',
    ],
)
def test_an_assertion_that_does_not_hold_is_reported(wrong: str) -> None:
    assert parse_suite(wrong).run()[0].failure


def test_the_command_names_what_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.test.did"
    path.write_text('type T = opt T;\nassert blob "DIDL\\00\\00" : (T);\nassert "(1)" : (text) "not a text";\n')
    assert main([str(path)]) == 1
    printed = capsys.readouterr().out
    assert f"{path}:3: not a text: a number where text is expected" in printed
    assert "1 of 2 hold" in printed
