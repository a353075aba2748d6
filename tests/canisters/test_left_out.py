"""What a module leaves out of an interpreter's memory, what it keeps, and that the rest is whole."""

import pytest

from canister_runtime.image.build import build_canister
from canister_runtime.image.images import Image
from support.bare_canister import BareCanister
from support.candid_text import text_argument, text_reply

# `eval` under its own name would keep all.
SOURCE = '''
import builtins, collections, gc, itertools, sys
import desk
{imports}
from kybra import query, text


class Ticket:
    """A question."""

    def close(self, reason: str) -> bool:
        """It was answered."""
        assert reason, "closed for nothing"
        return True


@query
def evaluate(source: text) -> text:
    try:
        return str(builtins.eval(source))
    except Exception as error:
        return type(error).__name__ + ": " + str(error)
'''

DESK = '''\
"""A desk."""

from __future__ import annotations


class Drawer:
    """For pens."""
    """For pencils."""

    size: Undefined = 3


def closed() -> Drawer:
    """Nothing besides."""
'''


def built(tmp_path_factory: pytest.TempPathFactory, imports: str) -> Image:
    folder = tmp_path_factory.mktemp("canister")
    (folder / "main.py").write_text(SOURCE.format(imports=imports))
    (folder / "desk.py").write_text(DESK)
    return build_canister(folder)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return built(tmp_path_factory, "")


@pytest.fixture(scope="module")
def inspecting(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return built(tmp_path_factory, "import inspect")


def evaluate(image: Image, expression: str) -> str:
    answered = BareCanister(image.module).call("canister_query evaluate", argument=text_argument(expression))
    return text_reply(answered.reply)


@pytest.mark.parametrize("documented", ["len", "str", "str.upper", "gc", "Ticket", "Ticket.close", "int.real"])
def test_documentation_is_kept_only_where_somebody_may_read_it(
    plain: Image, inspecting: Image, documented: str
) -> None:
    assert evaluate(plain, f"{documented}.__doc__") == "None"
    assert len(evaluate(inspecting, f"inspect.getdoc({documented})")) > 10


def test_what_stands_behind_a_documentation_stays(plain: Image, inspecting: Image) -> None:
    """Imports from `__future__` come first, a second text documents nothing, and a function of nothing else is one."""
    asked = "desk.Drawer.__annotations__, desk.closed.__annotations__, desk.closed()"
    for image in (plain, inspecting):
        assert evaluate(image, asked) == "({'size': 'Undefined'}, {'return': 'Drawer'}, None)"
    assert evaluate(plain, "desk.__doc__, desk.Drawer.__doc__, desk.closed.__doc__") == "(None, None, None)"
    assert evaluate(inspecting, "desk.Drawer.__doc__, desk.closed.__doc__") == "('For pens.', 'Nothing besides.')"


def test_annotations_and_signatures_stay(plain: Image, inspecting: Image) -> None:
    assert evaluate(plain, "Ticket.close.__annotations__") == "{'reason': <class 'str'>, 'return': <class 'bool'>}"
    assert evaluate(inspecting, "inspect.signature(Ticket.close)") == "(self, reason: str) -> bool"


def test_signatures_of_builtins_stay(plain: Image) -> None:
    assert evaluate(plain, "len.__text_signature__, str.split.__text_signature__") == (
        "('($module, obj, /)', '($self, /, sep=None, maxsplit=-1)')"
    )


def test_assertions_stay(plain: Image) -> None:
    assert evaluate(plain, "Ticket().close('')") == "AssertionError: closed for nothing"


def test_the_collector_knows_the_objects_of_the_image(plain: Image) -> None:
    """The list of frozen objects is whole: unfrozen, all of them are looked at."""
    assert int(evaluate(plain, "gc.get_freeze_count()")) > 5_000
    assert evaluate(
        plain, "gc.unfreeze(), len(gc.get_objects()) > 5_000, Ticket in gc.get_objects(), gc.collect() >= 0"
    ) == ("(None, True, True, True)")


def test_modules_of_the_start_are_those_of_the_library(plain: Image) -> None:
    assert (
        evaluate(plain, "sys.modules['os'].__file__, sys.modules['codecs'].__name__") == "('<python>/os.py', 'codecs')"
    )


def test_paths_are_those_of_no_machine(plain: Image) -> None:
    assert evaluate(plain, "sys.prefix, sys.executable, sys.path, sys.platlibdir") == "('/', '', [], 'lib')"
