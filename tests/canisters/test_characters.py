"""What a module carries of the tables on characters: what its source may ask for, and no more."""

import pytest

from canister_runtime.image.build import build_canister
from canister_runtime.image.images import Image
from support.bare_canister import BareCanister
from support.candid_text import text_argument, text_reply

# `eval` under its own name would keep all tables.
SOURCE = """
import builtins
{imports}
from kybra import query, text


@query
def evaluate(source: text) -> text:
    try:
        return str(builtins.eval(source))
    except Exception as error:
        return type(error).__name__ + ": " + str(error)
"""
IMPORTS = {
    "nothing": "",
    "properties": "from unicodedata import category, normalize",
    "names": "import unicodedata\nfrom unicodedata import normalize",
    "hosts": "from urllib.parse import urlsplit",
}


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image]:
    made = {}
    for name, imports in IMPORTS.items():
        folder = tmp_path_factory.mktemp(name)
        (folder / "main.py").write_text(SOURCE.format(imports=imports))
        made[name] = build_canister(folder)
    return made


def evaluate(image: Image, expression: str) -> str:
    return text_reply(
        BareCanister(image.module).call("canister_query evaluate", argument=text_argument(expression)).reply
    )


def test_properties_are_right_without_the_names(images: dict[str, Image]) -> None:
    decomposed = evaluate(images["properties"], "normalize('NFKD', 'ﬁancé Ⅷ 각').encode()")
    assert decomposed == evaluate(images["names"], "normalize('NFKD', 'ﬁancé Ⅷ 각').encode()")
    assert evaluate(images["properties"], "category('é'), normalize('NFC', 'e\\u0301')") == "('Ll', 'é')"


def test_names_are_there_where_the_module_is_imported_whole(images: dict[str, Image]) -> None:
    assert evaluate(images["names"], "unicodedata.name('é'), unicodedata.lookup('EM DASH')") == (
        "('LATIN SMALL LETTER E WITH ACUTE', '—')"
    )


def test_without_them_the_module_is_not_there_and_text_still_is(images: dict[str, Image]) -> None:
    assert evaluate(images["nothing"], "__import__('unicodedata')").startswith("ModuleNotFoundError: ")
    assert (
        evaluate(images["nothing"], "'straße ǅ'.upper(), 'É'.casefold(), '٣'.isdigit()") == "('STRASSE Ǆ', 'é', True)"
    )


def test_a_host_that_is_not_ascii_is_still_checked(images: dict[str, Image]) -> None:
    assert evaluate(images["hosts"], "urlsplit('//exämple.test/').netloc") == "exämple.test"
    assert evaluate(images["hosts"], "urlsplit('//ex\\uff0fa.test/')").startswith("ValueError: netloc")


def test_what_is_left_out_makes_the_module_smaller(images: dict[str, Image]) -> None:
    assert len(images["nothing"].gzipped) < len(images["properties"].gzipped) - 30_000
    assert len(images["properties"].gzipped) < len(images["names"].gzipped) - 200_000
