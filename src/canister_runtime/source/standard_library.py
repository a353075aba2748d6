"""The standard library as it is inside a canister that Kybra built: RustPython's of May 2023, on wasm."""

import sys


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


AVAILABLE = _words(
    """
    __future__ abc argparse array ast atexit base64 binascii bisect builtins calendar cmath code codecs codeop
    collections colorsys configparser contextlib contextvars copy copyreg csv dataclasses datetime decimal difflib
    dis enum errno fnmatch fractions functools gc genericpath getopt gettext gzip hashlib heapq hmac html importlib
    inspect io ipaddress itertools json keyword linecache locale marshal math ntpath numbers opcode operator
    optparse os pickle posixpath pprint quopri random re reprlib sched secrets shlex site sre_compile sre_constants
    sre_parse stat statistics string stringprep struct sys sysconfig textwrap this time timeit token tokenize
    traceback types typing unicodedata urllib uuid warnings weakref zlib
    """
)
ABSENT_SUBMODULES = _words(
    """
    importlib.metadata importlib.resources urllib.error urllib.request urllib.response urllib.robotparser
    """
)
ABSENT_NAMES = {
    "datetime": _words("UTC"),
    "enum": _words(
        """
        CONFORM CONTINUOUS EJECT EnumCheck EnumType FlagBoundary KEEP NAMED_FLAGS ReprEnum STRICT StrEnum UNIQUE
        global_enum member nonmember show_flag_values verify
        """
    ),
    "functools": _words("cache"),
    "hashlib": _words("algorithms_guaranteed file_digest pbkdf2_hmac scrypt"),
    "itertools": _words("batched"),
    "time": _words("strptime time_ns"),
    "typing": _words(
        """
        LiteralString Never NotRequired Required Self TypeAliasType TypeVarTuple Unpack assert_never assert_type
        clear_overloads dataclass_transform get_overloads override reveal_type
        """
    ),
}
SAME_EVERYWHERE = {
    "_random": _words("Random"),
    "os": _words("urandom"),
    "secrets": _words("choice randbelow randbits token_bytes token_hex token_urlsafe"),
    "uuid": _words("uuid4"),
}


def is_standard(name: str) -> bool:
    """Whether a dotted name is of the standard library of CPython 3.11."""
    return name.partition(".")[0] in sys.stdlib_module_names


def is_available(name: str) -> bool:
    """Whether a module of the standard library can be imported on chain."""
    top = name.partition(".")[0]
    is_accelerator = top.startswith("_") and top.lstrip("_") in AVAILABLE
    return (top in AVAILABLE or is_accelerator) and name not in ABSENT_SUBMODULES
