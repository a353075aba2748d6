"""What cannot be imaged is refused with one line that says what and where."""

from pathlib import Path

import pytest

from canister_runtime.image.build import build_canister
from canister_runtime.image.errors import ImageError

HEAD = "from kybra import query, nat64\n"
MAP = """from kybra import StableBTreeMap
notes = StableBTreeMap[nat64, nat64](memory_id=3, max_key_size=15, max_value_size=15)
"""
TAIL = "@query\ndef get() -> nat64:\n    return 1\n"


def refused(folder: Path, body: str) -> str:
    """The error of building a canister with these lines after its first one; the folder's name is left out."""
    (folder / "main.py").write_text(HEAD + body + TAIL)
    with pytest.raises(ImageError) as error:
        build_canister(folder)
    assert "\n" not in str(error.value)
    return str(error.value).replace(f"{folder}/", "")


def test_a_missing_module(tmp_path: Path) -> None:
    said = refused(tmp_path, "import no_such_module\n")
    assert said.startswith("main.py:2:")
    assert "no_such_module" in said


def test_a_missing_module_inside_a_function(tmp_path: Path) -> None:
    said = refused(tmp_path, "def f():\n    import no_such_module\n")
    assert said.startswith("main.py:3:")
    assert "no_such_module" in said


def test_a_missing_name_inside_a_function(tmp_path: Path) -> None:
    said = refused(tmp_path, "def f():\n    from json import no_such_name\n")
    assert said.startswith("main.py:3: cannot import name 'no_such_name' from 'json'")


def test_a_missing_module_is_fine_when_that_is_caught(tmp_path: Path) -> None:
    body = "def f():\n    try:\n        import no_such_module\n    except ImportError:\n        pass\n"
    (tmp_path / "main.py").write_text(HEAD + body + TAIL)
    assert build_canister(tmp_path).module


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import time\nNOW = time.time()\n", "main.py:3: reads the clock while the image is made"),
        ("import datetime\nNOW = datetime.datetime.now()\n", "main.py:3: reads the clock while the image is made"),
        ("import uuid\nID = uuid.uuid4()\n", "main.py:3: RuntimeError: no randomness before"),
        ("import random\nDICE = random.randint(1, 6)\n", "main.py:3: RuntimeError: no randomness before"),
        ("import random\nDICE = random.Random().random()\n", "main.py:3: RuntimeError: no randomness before"),
        ("import _random\nDICE = _random.Random().random()\n", "main.py:3: RuntimeError: no randomness before"),
        ("import os\nKEY = os.urandom(4)\n", "main.py:3: RuntimeError: no randomness before"),
        ("from kybra import ic\nME = ic.id()\n", "main.py:3: calls ic0.canister_self_size while the image is made"),
        ("from kybra import ic\nIC = ic.stable_grow(1)\n", "main.py:3: measures stable memory while the image is made"),
        ("from kybra import ic\nIC = ic.stable64_grow(1)\n", "main.py:3: grows stable memory while the image is made"),
        (f"{MAP}notes.insert(1, 2)\n", "main.py:4: uses a StableBTreeMap while the image is made; do that in init"),
        (
            "FILE = open('a.csv')\n",
            "main.py:2: PermissionError: [Errno 76] Capabilities insufficient: 'a.csv'; a canister",
        ),
        ("def f():\n    raise ValueError('two\\nlines')\n\n\nX = f()\n", "main.py:3: ValueError: two lines"),
    ],
)
def test_what_an_image_cannot_hold(tmp_path: Path, body: str, said: str) -> None:
    assert refused(tmp_path, body).startswith(said)


def test_a_module_with_the_name_of_a_library_module(tmp_path: Path) -> None:
    (tmp_path / "heapq.py").write_text("def f():\n    return 1\n")
    assert "heapq" in refused(tmp_path, "import heapq\n")
