"""Sources to refuse: stable maps, names, bundles and library uses that Kybra refuses or breaks."""

# ruff: noqa: E501, SIM905 -- a source is one line of the table, and word lists read better as text

from support.rejected_sources.cases import FIELDS, GUARD, KYBRA, METHOD, Rejected, packaged, stable_map

REJECTED: dict[str, Rejected] = {
    # stable maps
    "a map of one type": stable_map("K601", "m = StableBTreeMap[nat](0, 15, 15)"),
    "a map of three types": stable_map("K601", "m = StableBTreeMap[nat, nat, nat](0, 15, 15)"),
    "a map without a memory id": stable_map("K602", "m = StableBTreeMap[nat, nat](max_key_size=15, max_value_size=15)"),
    "a map without a key size": stable_map("K602", "m = StableBTreeMap[nat, nat](memory_id=0, max_value_size=15)"),
    "a map without a value size": stable_map("K602", "m = StableBTreeMap[nat, nat](0, 15)"),
    "a named memory id": Rejected("K603", 3, KYBRA + "ID = 1\nm = StableBTreeMap[nat, nat](ID, 15, 15)\n"),
    "a computed size": stable_map("K603", "m = StableBTreeMap[nat, nat](0, 15, 10 * 2)"),
    "a negative memory id": stable_map("K603", "m = StableBTreeMap[nat, nat](-1, 15, 15)"),
    "a text as a size": stable_map("K603", "m = StableBTreeMap[nat, nat](0, '15', 15)"),
    "a float as a size": stable_map("K603", "m = StableBTreeMap[nat, nat](0, 15.0, 15)"),
    "a bool as a memory id": stable_map("K603", "m = StableBTreeMap[nat, nat](True, 15, 15)"),
    "memory id 255": stable_map("K604", "m = StableBTreeMap[nat, nat](255, 15, 15)"),
    "memory id 256": stable_map(
        "K604", "m = StableBTreeMap[nat, nat](memory_id=256, max_key_size=15, max_value_size=15)"
    ),
    "a size of 2 ** 32": stable_map("K604", "m = StableBTreeMap[nat, nat](0, 15, 4294967296)"),
    "a size of nothing": stable_map("K604", "m = StableBTreeMap[nat, nat](0, 0, 15)"),
    "a fourth argument": stable_map("K605", "m = StableBTreeMap[nat, nat](0, 15, 15, 1)"),
    "an unknown argument": stable_map("K605", "m = StableBTreeMap[nat, nat](0, 15, 15, name='m')"),
    "an argument twice": stable_map("K605", "m = StableBTreeMap[nat, nat](0, 15, 15, memory_id=0)"),
    "a memory id twice": Rejected(
        "K606", 3, KYBRA + "a = StableBTreeMap[nat, nat](0, 15, 15)\nb = StableBTreeMap[nat, nat](0, 15, 15)\n"
    ),
    "a memory id twice over modules": Rejected(
        "K606",
        2,
        {
            "main.py": "import part\n" + KYBRA + "a = StableBTreeMap[nat, nat](7, 15, 15)\n",
            "part.py": KYBRA + "b = StableBTreeMap[nat, nat](7, 15, 15)\n",
        },
        "part.py",
    ),
    "a tuple as a key": stable_map("K607", "m = StableBTreeMap[Tuple[nat, nat], nat](0, 30, 15)"),
    "a tuple as a value": stable_map("K607", "m = StableBTreeMap[nat, Tuple[nat, nat]](0, 15, 30)"),
    "a tuple inside a value": stable_map("K607", "m = StableBTreeMap[nat, Vec[Tuple[nat, nat]]](0, 15, 30)"),
    "a map in a function": Rejected("K608", 3, KYBRA + "def f():\n    return StableBTreeMap[nat, nat](0, 15, 15)\n"),
    "a map in a class": Rejected("K608", 3, KYBRA + "class C:\n    m = StableBTreeMap[nat, nat](0, 15, 15)\n"),
    "a map under if": Rejected("K608", 3, KYBRA + "if True:\n    m = StableBTreeMap[nat, nat](0, 15, 15)\n"),
    "a map in a dictionary": stable_map("K608", "maps = {'a': StableBTreeMap[nat, nat](0, 15, 15)}"),
    "a map without types": stable_map("K608", "m = StableBTreeMap(0, 15, 15)"),
    "a map without a name": stable_map("K608", "StableBTreeMap[nat, nat](0, 15, 15)"),
    "a map through the module": Rejected(
        "K608", 3, "import kybra\nfrom kybra import nat\nm = kybra.StableBTreeMap[nat, nat](0, 15, 15)\n"
    ),
    # names
    "a type twice": Rejected("K701", 4, KYBRA + "class A(Record):\n    a: nat\nclass A(Record):\n    b: nat\n"),
    "a type twice over modules": Rejected(
        "K701",
        2,
        {
            "main.py": "import part\n" + KYBRA + "class A(Record):\n    a: nat\n",
            "part.py": KYBRA + "class A(Record):\n    a: nat\n",
        },
        "part.py",
    ),
    "a type of kybra's again": Rejected(
        "K701", 2, "from kybra import Record, nat\nclass Duration(Record):\n    a: nat\n"
    ),
    "TimerId again": Rejected("K701", 2, "from kybra import Alias, nat\nTimerId = Alias[nat]\n"),
    "a type of the management canister again": Rejected(
        "K701",
        3,
        "from kybra import Record, nat\nfrom kybra.canisters.management import management_canister\nclass HttpResponse(Record):\n    a: nat\n",
    ),
    "a method twice": Rejected(
        "K701", 6, KYBRA + "@query\ndef m() -> nat:\n    return 1\n@query\ndef m() -> nat:\n    return 2\n"
    ),
    "a method twice over modules": Rejected(
        "K701",
        3,
        {"main.py": "import part\n" + METHOD, "part.py": METHOD},
        "part.py",
    ),
    "a type and a method of one name": Rejected(
        "K701", 5, KYBRA + "class m(Record):\n    a: nat\n@query\ndef m() -> nat:\n    return 1\n"
    ),
    "a guard that is a method": Rejected(
        "K701", 3, KYBRA + "@query\ndef m() -> GuardResult:\n    return {'Ok': None}\n"
    ),
    "two hooks of one name": Rejected(
        "K701",
        3,
        {
            "main.py": "from part import *\n" + KYBRA + "@init\ndef start() -> void:\n    pass\n",
            "part.py": KYBRA + "@post_upgrade\ndef start() -> void:\n    pass\n",
        },
        "part.py",
    ),
    "a service type that the entry does not import": Rejected(
        "K708",
        2,
        {
            "main.py": KYBRA + "from part import Box_\n@query\ndef m(b: Box_) -> nat:\n    return 1\n",
            "part.py": KYBRA + "class S(Service):\n" + FIELDS + "class Box_(Record):\n    s: S\n",
        },
        "part.py",
    ),
    "Result": Rejected("K702", 2, KYBRA + "class Result(Variant):\n    Ok: nat\n    Err: text\n"),
    "Option": Rejected("K702", 2, KYBRA + "class Option(Record):\n    a: nat\n"),
    "Box": Rejected("K702", 2, KYBRA + "class Box(Record):\n    a: nat\n"),
    "String": Rejected("K702", 2, KYBRA + "String = Alias[text]\n"),
    "Vec": Rejected("K702", 2, KYBRA + "class Vec(Record):\n    a: nat\n"),
    "a type called text": Rejected("K703", 2, KYBRA + "class text(Record):\n    a: nat\n"),
    "a method called init": Rejected(
        "K704", 3, "from kybra import nat, query\n@query\ndef init() -> nat:\n    return 1\n"
    ),
    "a method called post_upgrade": Rejected(
        "K704", 3, "from kybra import nat, query\n@query\ndef post_upgrade() -> nat:\n    return 1\n"
    ),
    "a method with an underscore": Rejected("K705", 3, KYBRA + "@query\ndef _m() -> nat:\n    return 1\n"),
    "a method that __all__ leaves out": Rejected(
        "K705", 4, KYBRA + "__all__ = ['n']\n@query\ndef m() -> nat:\n    return 1\n"
    ),
    "a method that the entry does not import": Rejected(
        "K705", 3, {"main.py": "import part\n", "part.py": METHOD}, "part.py"
    ),
    "a method under another name": Rejected(
        "K705", 3, {"main.py": "from part import m as n\n", "part.py": METHOD}, "part.py"
    ),
    "a method imported in a function": Rejected(
        "K705", 3, {"main.py": "def f():\n    from part import m\n    return m\n", "part.py": METHOD}, "part.py"
    ),
    "a guard that the entry does not import": Rejected(
        "K705", 2, {"main.py": "import part\n", "part.py": KYBRA + GUARD}, "part.py"
    ),
    "a hook that the entry does not import": Rejected(
        "K705", 3, {"main.py": "import part\n", "part.py": KYBRA + "@init\ndef i() -> void:\n    pass\n"}, "part.py"
    ),
    "a star import of a module with __all__": Rejected(
        "K705", 4, {"main.py": "from part import *\n", "part.py": "__all__ = []\n" + METHOD}, "part.py"
    ),
    # bundling
    "a second main.py": packaged("K801", 1, "app/main.py", "x = 1\n", "import app.main\n"),
    "a top-level module and a nested one": Rejected(
        "K802",
        1,
        {
            "main.py": "import model\nimport app.model\n",
            "model.py": "x = 1\n",
            "app/__init__.py": "",
            "app/model.py": "y = 1\n",
        },
        "app/model.py",
    ),
    "a package and a module of its name": Rejected(
        "K802",
        1,
        {
            "main.py": "import model\nimport app.model\n",
            "model/__init__.py": "",
            "app/__init__.py": "",
            "app/model.py": "y = 1\n",
        },
        "app/model.py",
    ),
    "a module beside kybra's principal": Rejected(
        "K802", 1, {"main.py": "import kybra\nimport principal\n", "principal.py": "x = 1\n"}, "principal.py"
    ),
    "a module called types": Rejected("K803", 1, {"main.py": "import types\n", "types.py": "x = 1\n"}, "types.py"),
    "a package called json": Rejected(
        "K803", 1, {"main.py": "import json\n", "json/__init__.py": "x = 1\n"}, "json/__init__.py"
    ),
    "a package without __init__": Rejected("K804", 1, {"main.py": "import app.part\n", "app/part.py": "x = 1\n"}),
    "a nested package without __init__": Rejected(
        "K804", 2, {"main.py": "x = 1\nfrom app.sub import part\n", "app/__init__.py": "", "app/sub/part.py": "x = 1\n"}
    ),
    "a package without __init__, imported in a function": Rejected(
        "K804", 2, {"main.py": "def f():\n    import app.part\n", "app/part.py": "x = 1\n"}
    ),
    "a C extension": Rejected("K805", 1, "import _cffi_backend\n"),
    "a module that does not exist": Rejected("K806", 2, "x = 1\nimport nowhere\n"),
    "a module that does not exist, in a function": Rejected("K806", 2, "def f():\n    from nowhere import x\n"),
    "a submodule that does not exist": Rejected("K806", 1, {"main.py": "import app.nowhere\n", "app/__init__.py": ""}),
    "a relative import in the entry": Rejected("K806", 1, {"main.py": "from . import part\n", "part.py": "x = 1\n"}),
    "a relative import beyond the package": packaged("K806", 1, "app/part.py", "from .. import other\n"),
    "an entry that is imported": Rejected(
        "K807", 1, {"main.py": "import part\n", "part.py": "import main\n"}, "part.py"
    ),
    "a name of an older kybra": Rejected("K808", 1, "from kybra import Canister\n"),
    "a name that a module lost": Rejected(
        "K808", 2, {"main.py": "x = 1\nfrom part import old\n", "part.py": "new = 1\n"}
    ),
    "a name that a package lost, in a function": Rejected(
        "K808",
        2,
        {
            "main.py": "def f():\n    from app import old\n",
            "app/__init__.py": "from app.part import new\n",
            "app/part.py": "new = 1\n",
        },
    ),
    # standard library
    **{
        f"import {name}": Rejected("K901", 1, f"import {name}\n")
        for name in (
            "asyncio unittest pathlib subprocess multiprocessing ctypes bz2 lzma socket ssl sqlite3 zoneinfo threading select"
            " concurrent.futures urllib.request importlib.metadata tkinter".split()
        )
    },
    "from pathlib import Path": Rejected("K901", 1, "from pathlib import Path\n"),
    "an absent module in a function": Rejected("K901", 2, "def f():\n    import asyncio\n"),
    "an absent module in a package": packaged("K901", 1, "app/part.py", "import threading\n"),
    "an absent submodule by from": Rejected("K901", 1, "from urllib import request\n"),
    "an absent module that another exception is caught for": Rejected(
        "K901", 2, "try:\n    import asyncio\nexcept ValueError:\n    pass\n"
    ),
    "time.time_ns": Rejected("K902", 2, "import time\nx = time.time_ns()\n"),
    "time_ns by from": Rejected("K902", 1, "from time import time_ns\n"),
    "time_ns of a renamed module": Rejected("K902", 3, "import time as t\ndef f():\n    return t.time_ns()\n"),
    "enum.StrEnum": Rejected("K902", 2, "import enum\nclass C(enum.StrEnum):\n    A = 'a'\n"),
    "StrEnum by from": Rejected("K902", 1, "from enum import StrEnum\n"),
    "functools.cache": Rejected("K902", 2, "import functools\n@functools.cache\ndef f():\n    return 1\n"),
    "cache by from": Rejected("K902", 1, "from functools import cache\n"),
    "itertools.batched": Rejected("K902", 1, "from itertools import batched\n"),
    "typing.Self": Rejected("K902", 1, "from typing import Self\n"),
    "typing.NotRequired": Rejected("K902", 1, "from typing import NotRequired, TypedDict\n"),
    "typing.override": Rejected("K902", 1, "from typing import override\n"),
    "pbkdf2_hmac": Rejected("K902", 2, "import hashlib\nx = hashlib.pbkdf2_hmac\n"),
    "datetime.strptime": Rejected("K903", 2, "from datetime import datetime\nx = datetime.strptime('2024', '%Y')\n"),
    "datetime.datetime.strptime": Rejected(
        "K903", 2, "import datetime\nx = datetime.datetime.strptime('2024', '%Y')\n"
    ),
    "add_note": Rejected("K904", 4, "try:\n    x = 1\nexcept ValueError as e:\n    e.add_note('x')\n"),
}
