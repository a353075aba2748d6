"""What an image keeps because a module may ask for it at run time."""

from pathlib import Path

import pytest

from canister_runtime.image.keeps import DOCUMENTATION, NAMES, host_parts, kept
from canister_runtime.source.modules import BundledModule


def keeps(tmp_path: Path, source: str) -> set[str]:
    file = tmp_path / "main.py"
    file.write_text(source)
    return kept([BundledModule("main", "module", file)])


@pytest.mark.parametrize(
    "source",
    [
        "import unicodedata\n",
        "import unicodedata as characters\n",
        "from unicodedata import normalize, name\n",
        "from unicodedata import lookup as find\n",
        "from unicodedata import *\n",
        "from unicodedata import ucd_3_2_0\n",
        "def f():\n    import unicodedata\n",
        "__import__('unicodedata')\n",
        "PATTERN = r'\\N{EM DASH}'\n",
        "x = 'é'.encode('ascii', 'namereplace')\n",
    ],
)
def test_names_of_characters_may_be_asked_for(tmp_path: Path, source: str) -> None:
    assert keeps(tmp_path, source) == {NAMES}


@pytest.mark.parametrize("source", ["def f():\n    return f.__doc__\n", "help(f)\n", "import inspect\n"])
def test_documentation_may_be_asked_for(tmp_path: Path, source: str) -> None:
    assert keeps(tmp_path, source) == {DOCUMENTATION}


@pytest.mark.parametrize("source", ["def f(text):\n    return eval(text)\n", "run = exec\n"])
def test_a_text_that_is_run_may_ask_for_all(tmp_path: Path, source: str) -> None:
    assert keeps(tmp_path, source) == {NAMES, DOCUMENTATION}


@pytest.mark.parametrize(
    "source",
    [
        "from unicodedata import normalize\n",
        "from unicodedata import category as kind, combining\n",
        '"""Nothing of unicodedata is needed, and nobody is to eval a text."""\n',
        "name = lookup = 1\n",
        "def inspect_message() -> None: ...\n",
        "import re\nPATTERN = re.compile('a')\n",
        "from __future__ import annotations\n",
    ],
)
def test_nothing_is_asked_for(tmp_path: Path, source: str) -> None:
    assert keeps(tmp_path, source) == set()


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("from kybra import ic\nx = ic.candid_encode('(1)')\n", ["candid.text"]),
        ("from kybra import ic\nx = ic.candid_decode(b'')\n", ["canister_runtime.host.candid_layout"]),
        ("eval('ic')\n", ["candid.text", "canister_runtime.host.candid_layout"]),
        ("from kybra import ic\n", []),
    ],
)
def test_texts_of_candid_are_there_for_who_uses_them(tmp_path: Path, source: str, parts: list[str]) -> None:
    file = tmp_path / "main.py"
    file.write_text(source)
    assert host_parts((BundledModule("main", "module", file),)) == parts


def test_kybras_own_declarations_ask_for_nothing(tmp_path: Path) -> None:
    file = tmp_path / "kybra.py"
    file.write_text("def candid_encode(): ...\n")
    assert host_parts((BundledModule("kybra", "module", file),)) == []
