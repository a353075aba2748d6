"""Writes a C header with the modules that must be there before anything can be imported.

`frozen.py CPYTHON_SOURCE` prints it. Run by the interpreter that the runtime was configured with: the bytecode is the
same then.
"""

import marshal
import sys
from pathlib import Path

STANDARD = {
    "encodings": "encodings/__init__.py",
    "encodings.aliases": "encodings/aliases.py",
    "encodings.utf_8": "encodings/utf_8.py",
}
OWN = ("_archive", "_randomness")


def sources(library: Path, own: Path) -> dict[str, Path]:
    """The frozen modules' files by module name."""
    return {name: library / path for name, path in STANDARD.items()} | {name: own / f"{name}.py" for name in OWN}


def bytecode(name: str, path: Path) -> bytes:
    """The module's code as the frozen importer loads it."""
    return marshal.dumps(compile(path.read_text(), f"<frozen {name}>", "exec", dont_inherit=True, optimize=2))


def header(modules: dict[str, Path]) -> str:
    """The header's text."""
    arrays, table = [], []
    for name, path in modules.items():
        code = bytecode(name, path)
        symbol = "frozen_" + name.replace(".", "_")
        arrays.append(f"static const unsigned char {symbol}[] = {{{','.join(map(str, code))}}};")
        table.append(f'    {{"{name}", {symbol}, {len(code)}, {int(path.name == "__init__.py")}, NULL}},')
    rows = "\n".join([*table, "    {NULL, NULL, 0, 0, NULL},"])
    return "\n".join([*arrays, f"static const struct _frozen frozen_modules[] = {{\n{rows}\n}};"])


if __name__ == "__main__":
    sys.stdout.write(header(sources(Path(sys.argv[1]) / "Lib", Path(__file__).parent / "python")) + "\n")
