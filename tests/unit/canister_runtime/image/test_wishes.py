"""Imports inside functions are found in the source."""

from pathlib import Path

import pytest

from canister_runtime.image.archive import Wish
from canister_runtime.image.wishes import wishes_of
from canister_runtime.source.modules import BundledModule


def wishes(tmp_path: Path, source: str, *, lenient: bool = False) -> list[Wish]:
    """The wishes of a module `shop.main` with this source."""
    file = tmp_path / "main.py"
    file.write_text(source)
    return list(wishes_of(BundledModule("shop.main", "module", file), lenient=lenient))


def test_an_import_at_the_top_is_no_wish(tmp_path: Path) -> None:
    assert wishes(tmp_path, "import json\nif json:\n    import re\n") == []


def test_imports_inside_functions_are_wishes_with_their_line(tmp_path: Path) -> None:
    source = "def f():\n    import json\n    from decimal import Decimal, Context\n"
    assert wishes(tmp_path, source) == [
        Wish("shop.main", "json", "", 2, optional=False),
        Wish("shop.main", "decimal", "Decimal", 3, optional=False),
        Wish("shop.main", "decimal", "Context", 3, optional=False),
    ]


def test_a_method_of_a_class_is_a_function_too(tmp_path: Path) -> None:
    assert [wish.name for wish in wishes(tmp_path, "class C:\n    def f(self):\n        import json\n")] == ["json"]


def test_relative_imports_are_resolved(tmp_path: Path) -> None:
    assert [wish.name for wish in wishes(tmp_path, "def f():\n    from .prices import x\n")] == ["shop.prices"]


def test_an_import_whose_failure_is_caught_is_optional(tmp_path: Path) -> None:
    source = "def f():\n    try:\n        import numpy\n    except ImportError:\n        pass\n"
    assert wishes(tmp_path, source) == [Wish("shop.main", "numpy", "", 3, optional=True)]


def test_imports_for_type_checkers_never_run(tmp_path: Path) -> None:
    assert wishes(tmp_path, "def f():\n    if TYPE_CHECKING:\n        import numpy\n") == []


def test_everything_is_optional_in_a_lenient_package(tmp_path: Path) -> None:
    assert [wish.optional for wish in wishes(tmp_path, "def f():\n    import numpy\n", lenient=True)] == [True]


@pytest.mark.parametrize(
    ("source", "codec"),
    [
        ("x = 'a'.encode('UTF-16-LE')\n", "utf_16_le"),
        ("x = b'a'.decode('latin2', 'replace')\n", "iso8859_2"),
        ("x = b'a'.decode(encoding='cp1252')\n", "cp1252"),
        ("x = str(b'a', 'windows-1252')\n", "cp1252"),
        ("x = bytearray('a', encoding='cp437')\n", "cp437"),
        ("import codecs\nx = codecs.encode('a', 'rot13')\n", "rot_13"),
        ("import codecs\nx = codecs.getreader('Idna')\n", "idna"),
    ],
)
def test_a_codec_named_in_the_source_is_brought_along(tmp_path: Path, source: str, codec: str) -> None:
    assert wishes(tmp_path, source) == [Wish("shop.main", f"encodings.{codec}", "", source.count("\n"), optional=True)]


def test_texts_that_name_no_codec_are_no_wishes(tmp_path: Path) -> None:
    assert wishes(tmp_path, "x = str('a'), 'a'.replace('hex', 'idna'), bytes(3), 'a'.encode(errors='replace')\n") == []


def test_whatever_a_text_is_a_wish_is_one_line(tmp_path: Path) -> None:
    assert [wish.name for wish in wishes(tmp_path, "x = y.encode('a\\n\\tb')\n")] == ["encodings.a_b"]
