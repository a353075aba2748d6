"""The standard library as it is inside a canister that Kybra built: RustPython's of May 2023, on wasm."""

import sys

AVAILABLE = frozenset(
    "__future__ abc argparse array ast atexit base64 binascii bisect builtins calendar cmath code codecs codeop"
    " collections colorsys configparser contextlib contextvars copy copyreg csv dataclasses datetime decimal difflib"
    " dis enum errno fnmatch fractions functools gc genericpath getopt gettext hashlib heapq hmac html importlib"
    " inspect io itertools json keyword linecache locale marshal math ntpath numbers opcode operator optparse os"
    " pickle posixpath pprint random re reprlib sched secrets shlex sre_compile sre_constants sre_parse stat"
    " statistics string stringprep struct sys textwrap this time timeit token tokenize traceback types typing"
    " unicodedata urllib uuid warnings weakref zlib ipaddress quopri gzip site sysconfig".split()
)
ABSENT_SUBMODULES = frozenset(
    {
        "importlib.metadata",
        "importlib.resources",
        "urllib.error",
        "urllib.request",
        "urllib.response",
        "urllib.robotparser",
    }
)
ABSENT_NAMES = {
    "datetime": frozenset({"UTC"}),
    "enum": frozenset(
        "StrEnum ReprEnum EnumType EnumCheck FlagBoundary verify member nonmember global_enum show_flag_values"
        " CONTINUOUS NAMED_FLAGS UNIQUE STRICT CONFORM EJECT KEEP".split()
    ),
    "functools": frozenset({"cache"}),
    "hashlib": frozenset({"pbkdf2_hmac", "scrypt", "file_digest", "algorithms_guaranteed"}),
    "itertools": frozenset({"batched"}),
    "time": frozenset({"time_ns", "strptime"}),
    "typing": frozenset(
        "Self NotRequired Required LiteralString Never Unpack TypeVarTuple assert_never assert_type reveal_type"
        " dataclass_transform get_overloads clear_overloads override TypeAliasType".split()
    ),
}
SAME_EVERYWHERE = {
    "os": frozenset({"urandom"}),
    "secrets": frozenset({"choice", "randbelow", "randbits", "token_bytes", "token_hex", "token_urlsafe"}),
    "uuid": frozenset({"uuid4"}),
}


def is_standard(name: str) -> bool:
    """Whether a dotted name is of the standard library of CPython 3.11."""
    return name.partition(".")[0] in sys.stdlib_module_names


def is_available(name: str) -> bool:
    """Whether a module of the standard library can be imported on chain."""
    top = name.partition(".")[0]
    is_accelerator = top.startswith("_") and top.lstrip("_") in AVAILABLE
    return (top in AVAILABLE or is_accelerator) and name not in ABSENT_SUBMODULES
