"""The names of characters stay in an image whenever a module may ask for them."""

from pathlib import Path

import pytest

from canister_runtime.image.characters import names_characters
from canister_runtime.source.modules import BundledModule


def asks(tmp_path: Path, source: str) -> bool:
    file = tmp_path / "main.py"
    file.write_text(source)
    return names_characters(BundledModule("main", "module", file))


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
        "def f(text):\n    return eval(text)\n",
    ],
)
def test_names_may_be_asked_for(tmp_path: Path, source: str) -> None:
    assert asks(tmp_path, source)


@pytest.mark.parametrize(
    "source",
    [
        "from unicodedata import normalize\n",
        "from unicodedata import category as kind, combining\n",
        '"""Nothing of unicodedata is needed."""\n',
        "name = lookup = 1\n",
    ],
)
def test_names_are_not_asked_for(tmp_path: Path, source: str) -> None:
    assert not asks(tmp_path, source)
