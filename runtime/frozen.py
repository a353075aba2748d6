"""Writes a C header with the modules that must be there before anything can be imported.

`frozen.py CPYTHON_SOURCE` prints it. Run by the interpreter that the runtime was configured with: the bytecode is the
same then.
"""

import marshal
import sys
from pathlib import Path

STANDARD = {
    "_frozen_importlib": "importlib/_bootstrap.py",
    "_frozen_importlib_external": "importlib/_bootstrap_external.py",
    "abc": "abc.py",
    "codecs": "codecs.py",
    "encodings": "encodings/__init__.py",
    "encodings.aliases": "encodings/aliases.py",
    "encodings.utf_8": "encodings/utf_8.py",
    "io": "io.py",
}
OWN = ("_archive", "_randomness")
ALIASES = {"_frozen_importlib": "importlib._bootstrap", "_frozen_importlib_external": "importlib._bootstrap_external"}
"""Modules that CPython imports by another name than their own."""


def sources(library: Path, own: Path) -> dict[str, Path]:
    """The frozen modules' files by module name."""
    return {name: library / path for name, path in STANDARD.items()} | {name: own / f"{name}.py" for name in OWN}


def bytecode(name: str, path: Path) -> bytes:
    """The module's code as the frozen importer loads it; tracebacks leave importlib's frames out by their file."""
    shown = f"<frozen {ALIASES.get(name, name)}>"
    return marshal.dumps(compile(path.read_text(), shown, "exec", dont_inherit=True, optimize=2))


def header(modules: dict[str, Path]) -> str:
    """The header's text."""
    arrays, table = [], []
    for name, path in modules.items():
        code = bytecode(name, path)
        symbol = "frozen_" + name.replace(".", "_")
        arrays.append(f"static unsigned char {symbol}[] = {{{','.join(map(str, code))}}};")
        table.append(f'    {{"{name}", {symbol}, {len(code)}, {int(path.name == "__init__.py")}, NULL}},')
    rows = "\n".join([*table, "    {NULL, NULL, 0, 0, NULL},"])
    aliases = "\n".join(f'    {{"{name}", "{alias}"}},' for name, alias in ALIASES.items())
    return "\n".join(
        [
            *arrays,
            f"static struct _frozen modules[] = {{\n{rows}\n}};",
            f"static const struct _module_alias aliases[] = {{\n{aliases}\n    {{NULL, NULL}},\n}};",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(header(sources(Path(sys.argv[1]) / "Lib", Path(__file__).parent / "python")) + "\n")
