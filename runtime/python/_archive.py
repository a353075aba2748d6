"""Imports from the archive that the image builder hands over: the only modules a canister will ever have.

An archive is a row of entries, each of four strings with their length in four little-endian bytes before them:
name, file name as tracebacks show it, flags ("p" package, "c" bytecode, "o" no docstrings and assertions), content.
Three entries are no modules: ":entry" names the module whose `entries` (or `dispatch`) and `callback` the canister
enters by, and ":wanted" lists imports inside functions (importing module, name, attribute or nothing, line, "?" when
optional), which must run now or never, ":keeps" says what else the source may ask for, in words: "names" of characters,
"documentation".
"""

import _random
import gc
import marshal
import posix
import sys
import time

import _ic0
import _runtime

_bootstrap = sys.modules["_frozen_importlib"]

_ONLY_TREE = 0x400
"""`ast.PyCF_ONLY_AST`."""


class LineLog:
    """Standard output and error: the canister log."""

    encoding, errors, closed = "utf-8", "replace", False
    write = staticmethod(_runtime.write_log)

    def flush(self) -> None:
        """Whole lines are logged at once, the rest at the end of the message."""

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


class Archive:
    """Finder and loader in one (importlib's terms); `compiled` collects what was imported, in that order."""

    def __init__(self, content: bytes) -> None:
        self.modules: dict[str, tuple[str, str, memoryview]] = {}
        self.compiled: list[tuple[str, str, str, bytes]] = []
        position = 0
        view = memoryview(content)
        while position < len(view):
            name, position = _string(view, position)
            file, position = _string(view, position)
            flags, position = _string(view, position)
            size = int.from_bytes(view[position : position + 4], "little")
            position += 4
            self.modules[name] = (file, flags, view[position : position + size])
            position += size
        self.keeps = self.text(":keeps").split()

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> object:
        entry = self.modules.get(name)
        if entry is None:
            return None
        spec = _bootstrap.ModuleSpec(name, self, origin=entry[0], is_package="p" in entry[1])
        spec.has_location = False
        return spec

    def create_module(self, _spec: object) -> None:
        """Leave it to importlib."""

    def exec_module(self, module: "ModuleType") -> None:
        name = module.__spec__.name
        module.__file__, flags, content = self.modules.pop(name)
        if "c" in flags:
            code = marshal.loads(content)
        else:
            code = self._compiled(bytes(content), module.__file__, "o" in flags)
            self.compiled.append((name, module.__file__, flags + "c", marshal.dumps(code)))
        exec(code, module.__dict__)
        if name == "random":
            __import__("_randomness").await_seed(module)

    def _compiled(self, source: bytes, file: str, optimised: bool) -> "CodeType":
        if optimised or "documentation" in self.keeps:
            return compile(source, file, "exec", 0, True, 2 if optimised else 0)
        tree = compile(source, file, "exec", _ONLY_TREE, True, 0)
        _drop_documentation(tree)
        return compile(tree, file, "exec", 0, True, 0)

    def get_source(self, _name: str) -> None:
        """Sources stay at home; tracebacks show lines without their text."""

    def text(self, name: str) -> str:
        """Content of an entry that is no module; nothing where there is none."""
        entry = self.modules.pop(name, None)
        return str(entry[2], "utf-8") if entry else ""


def _drop_documentation(tree: "AST") -> None:
    """Take the texts that document modules, classes and functions out; a body of nothing else keeps a statement."""
    _ast = __import__("_ast")  # a hundred classes, wanted in the first phase alone
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        match node:
            case _ast.Module() | _ast.ClassDef() | _ast.FunctionDef() | _ast.AsyncFunctionDef():
                _drop_first_texts(_ast, node.body)
        for name in node._fields:
            child = getattr(node, name, None)
            children = child if isinstance(child, list) else [child]
            nodes += [each for each in children if isinstance(each, _ast.AST)]


def _drop_first_texts(_ast: "ModuleType", body: list["AST"]) -> None:
    """All of them: a second one would document in its place. They go, since imports from `__future__` come first."""
    while True:
        match body:
            case [_ast.Expr(value=_ast.Constant(value=str())) as text]:
                text.value.value = ...
            case [_ast.Expr(value=_ast.Constant(value=str())), *_]:
                del body[0]
            case _:
                return


def _string(view: memoryview, position: int) -> tuple[str, int]:
    size = int.from_bytes(view[position : position + 4], "little")
    return str(view[position + 4 : position + 4 + size], "utf-8"), position + 4 + size


def _no_sleep(_seconds: float) -> None:
    raise RuntimeError("time.sleep: a canister cannot wait; set a timer")


def _prepare(archive: Archive) -> None:
    posix.urandom = _ic0.urandom
    _random.Random = __import__("_randomness").seeded(_random.Random)
    time.sleep = _no_sleep
    sys.stdin = sys.__stdin__ = None
    sys.stdout = sys.__stdout__ = sys.stderr = sys.__stderr__ = LineLog()
    sys.path_hooks.clear()
    sys.meta_path[2:] = [archive]


def _want(importer: str, name: str, attribute: str, line: str, optional: str) -> None:
    """Run an import that the source has inside a function; tell the builder when it would fail on chain."""
    try:
        module = __import__(name, None, None, [attribute or "__name__"])
        problem = attribute and not hasattr(module, attribute) and f"cannot import name {attribute!r} from {name!r}"
    except ImportError as error:
        problem = str(error)
    if problem and not optional:
        _runtime.write_log(f"missing\t{sys.modules[importer].__file__}\t{line}\t{problem}\n")


def _want_all(wanted: list[list[str]]) -> None:
    """Imports of modules that are in the image, which may bring in modules with wishes of their own."""
    while due := [wish for wish in wanted if wish[0] in sys.modules]:
        wanted = [wish for wish in wanted if wish[0] not in sys.modules]
        for wish in due:
            _want(*wish)


def _report(error: BaseException) -> None:
    """Tell the builder where an exception came from: its frames, outermost first, then what it is."""
    entry = error.__traceback__
    while entry is not None:
        _runtime.write_log(f"frame\t{entry.tb_frame.f_code.co_filename}\t{entry.tb_lineno}\n")
        entry = entry.tb_next
    if isinstance(error, SyntaxError):
        _runtime.write_log(f"frame\t{error.filename}\t{error.lineno}\n")
    text = str(error).replace("\n", " ")
    _runtime.write_log(f"error\t{type(error).__name__}\t{text}\n")


def _import_all(archive: Archive) -> "ModuleType":
    wanted = [line.split("\t") for line in archive.text(":wanted").splitlines()]
    entry = archive.text(":entry")
    try:
        module = __import__(entry)
        _want_all(wanted)
    except BaseException as error:
        _report(error)
        raise
    return module


def compile_needed(content: bytes) -> bytes:
    """Run the canister's imports from source; an archive of the bytecode of what they needed."""
    archive = Archive(content)
    _prepare(archive)
    _import_all(archive)
    output = bytearray()
    for entry in archive.compiled:
        for part in entry:
            written = part if isinstance(part, bytes) else part.encode()
            output += len(written).to_bytes(4, "little") + written
    return bytes(output)


def _trim_characters(keeps: list[str]) -> None:
    """Let go of the tables of `unicodedata` that nothing here reads; without any of them it cannot be imported."""
    if "names" in keeps:
        __import__("unicodedata")
        return
    # urlsplit imports it when a host's name is not ASCII.
    properties = "unicodedata" in sys.modules or "urllib.parse" in sys.modules
    _runtime.forget_characters(properties)
    if not properties:
        sys.modules["unicodedata"] = None


def _subclasses(kind: type) -> set[type]:
    """The type and all that come from it."""
    found, new = set(), [kind]
    while new:
        kind = new.pop()
        if kind not in found:
            found.add(kind)
            new += type.__subclasses__(kind)
    return found


def _trim_documentation() -> None:
    """Let go of what types, methods and functions in C say of themselves.

    What a type says is an attribute of it, and code that has met the type would meet it anew. So this comes first, and
    again for what was imported.
    """
    modules = [module for module in sys.modules.values() if type(module) is type(sys)]
    for owner in [*_subclasses(object), *modules]:
        for member in [owner, *vars(owner).values()]:
            _runtime.forget_documentation(member)
    for module in modules:
        if isinstance(module.__loader__, type):
            module.__doc__ = None


def load(content: bytes) -> tuple[object, object]:
    """Run the canister's imports from bytecode and leave the interpreter as it shall start on chain."""
    archive = Archive(content)
    _prepare(archive)
    documented = "documentation" in archive.keeps
    if not documented:
        _trim_documentation()
    module = _import_all(archive)
    if not documented:
        _trim_documentation()
    _trim_characters(archive.keeps)
    archive.modules.clear()
    gc.collect()
    gc.freeze()
    # Measured: a collection costs 300 instructions for each object it looks at, all in the one message that it hits. So
    # young ones are small (0.15 M), those of survivors too (0.9 M), and full ones, as large as the heap, the host's.
    gc.set_threshold(500, 4, 1 << 30)
    return getattr(module, "entries", module.dispatch), module.callback
