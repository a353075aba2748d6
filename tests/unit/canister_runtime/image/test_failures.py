"""What went wrong in the interpreter becomes one line with a place."""

from pathlib import Path

from canister_runtime.image.failures import failure, missing, refusal
from canister_runtime.image.interpreter import Refused
from canister_runtime.image.reports import Reports, Where

FILES = {"<canister>/main.py": Path("shop/main.py")}


def test_an_exception_is_placed_at_the_innermost_line_of_the_canister() -> None:
    reports = Reports(
        [
            "frame\t<runtime>/boot.py\t20",
            "frame\t<canister>/main.py\t3",
            "frame\t<python>/json/__init__.py\t346",
            "error\tValueError\tno JSON",
        ]
    )
    assert str(failure(reports, "", FILES)) == "shop/main.py:3: ValueError: no JSON"


def test_a_missing_module_is_said_to_be_missing_on_chain() -> None:
    reports = Reports(["frame\t<canister>/main.py\t1", "error\tModuleNotFoundError\tNo module named 'numpy'"])
    assert str(failure(reports, "", FILES)).startswith(
        "shop/main.py:1: ModuleNotFoundError: No module named 'numpy' on"
    )


def test_a_trap_without_a_report_is_told_as_it_is() -> None:
    assert str(failure(Reports(), "MemoryError: ", FILES)) == "MemoryError: "


def test_a_refusal_names_what_was_asked_for() -> None:
    frames = [Where("<python>/uuid.py", 700, "uuid1"), Where("<canister>/main.py", 9, "<module>")]
    assert str(refusal(Refused("time", frames), FILES)).startswith("shop/main.py:9: reads the clock while the image")


def test_a_missing_import_is_placed_where_it_stands() -> None:
    error = missing(Reports(["missing\t<canister>/main.py\t7\tNo module named 'numpy'"]), FILES)
    assert str(error).startswith("shop/main.py:7: No module named 'numpy' on chain")
    assert missing(Reports(["hello"]), FILES) is None


def test_prints_are_kept_apart_from_reports() -> None:
    assert Reports(["hello", "missing\t<canister>/main.py\t7\tx", "a\tb"]).printed() == ["hello", "a\tb"]
