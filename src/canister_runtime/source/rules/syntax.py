"""Syntax that Kybra's parsers do not know: RustPython of September 2022, in every file that ends up in a canister."""

import ast
import tokenize
from collections.abc import Iterator
from io import BytesIO

from canister_runtime.source.modules import Bundle, BundledModule
from canister_runtime.source.rules.table import Finding, bundle_rule, module_rule
from canister_runtime.source.walk import nodes

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PARSER = "its parser (RustPython, September 2022) stops with a syntax error"


def nodes_of(bundle: Bundle, *kinds: type[ast.AST]) -> Iterator[Finding]:
    """Nodes of these kinds in all copied files."""
    for module in bundle.copied:
        for node in module.nodes:
            if isinstance(node, kinds):
                yield Finding(module, node)


@bundle_rule(
    "K101",
    "not Python 3.11",
    kybra=PARSER,
    fix="write it in the syntax of Python 3.9 (no `type X =`, no `class C[T]`, no reused quotes in f-strings)",
)
def not_python(bundle: Bundle) -> Iterator[Finding]:
    for module in bundle.copied:
        if module.tree is None and _is_utf8(module.source):
            line, message = _syntax_error(module)
            yield Finding(module, ast.Pass(lineno=line, col_offset=0), message)


def _syntax_error(module: BundledModule) -> tuple[int, str]:
    try:
        ast.parse(module.source, str(module.path))
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except ValueError as error:
        return 1, str(error)
    return 1, ""


@bundle_rule("K102", "`match` statement", kybra=PARSER, fix="use `if` and `elif`, or a dictionary of functions")
def match_statement(bundle: Bundle) -> Iterator[Finding]:
    return nodes_of(bundle, ast.Match)


@bundle_rule(
    "K103",
    "parenthesised context managers",
    kybra=PARSER + ", and without `as` it takes them for one tuple",
    fix="nest the `with` statements, or break the line with a backslash",
)
def parenthesised_with(bundle: Bundle) -> Iterator[Finding]:
    for found in nodes_of(bundle, ast.With, ast.AsyncWith):
        node = found.node
        if isinstance(node, ast.With | ast.AsyncWith) and _has_parenthesised_items(found.module, node):
            yield found


def _has_parenthesised_items(module: BundledModule, node: ast.With | ast.AsyncWith) -> bool:
    """Whether one pair of brackets holds all items, and they are more than one plain expression."""
    if not _first_item(module, node).startswith((b"(", b"\\")):
        return False
    tokens = [token.string for token in _tokens_from(module, node) if token.type not in _LAYOUT]
    start = tokens.index("with") + 1
    if tokens[start] != "(":
        return False
    end = _closing(tokens, start)
    is_plain = len(node.items) == 1 and node.items[0].optional_vars is None and tokens[end - 1] != ","
    return tokens[end + 1] == ":" and not is_plain


def _first_item(module: BundledModule, node: ast.stmt) -> bytes:
    """The rest of the line after `with`."""
    text = module.source.split(b"\n")[node.lineno - 1][node.col_offset :]
    for word in (b"async", b"with"):
        text = text.removeprefix(word).lstrip()
    return text


def _closing(tokens: list[str], start: int) -> int:
    """The place of the bracket that closes the one at `start`."""
    depth = 0
    for place, token in enumerate(tokens[start:], start):
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth == 0:
            return place
    raise ValueError("a bracket that nothing closes")


_LAYOUT = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE}
_OPENING = {"(", "[", "{"}
_CLOSING = {")", "]", "}"}


def _tokens_from(module: BundledModule, node: ast.stmt) -> Iterator[tokenize.TokenInfo]:
    start = (node.lineno, 0)
    return (token for token in tokenize.tokenize(BytesIO(module.source).readline) if token.start >= start)


@bundle_rule("K104", "`except*`", kybra=PARSER, fix="catch the exceptions one by one with `except`")
def except_star(bundle: Bundle) -> Iterator[Finding]:
    return nodes_of(bundle, ast.TryStar)


@bundle_rule("K105", "byte order mark", kybra=PARSER, fix="save the file as UTF-8 without a BOM")
def byte_order_mark(bundle: Bundle) -> Iterator[Finding]:
    for module in bundle.copied:
        if module.source.startswith(BYTE_ORDER_MARK):
            yield Finding(module, None)


@bundle_rule(
    "K106",
    "not UTF-8",
    kybra="it reads sources as UTF-8 and stops at other bytes, whatever the coding line says",
    fix="save the file as UTF-8",
)
def not_utf8(bundle: Bundle) -> Iterator[Finding]:
    for module in bundle.copied:
        if not _is_utf8(module.source):
            yield Finding(module, None)


def _is_utf8(source: bytes) -> bool:
    try:
        source.decode()
    except UnicodeDecodeError:
        return False
    return True


@bundle_rule(
    "K107",
    "star in a subscript or in the annotation of `*args`",
    kybra=PARSER,
    fix="write the members out, or build a tuple first",
)
def starred_subscript(bundle: Bundle) -> Iterator[Finding]:
    for found in nodes_of(bundle, ast.Subscript, ast.arg):
        node = found.node
        if isinstance(node, ast.Subscript):
            members = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
            starred = any(isinstance(member, ast.Starred) for member in members)
            if starred and not _starts_with_bracket(found.module, node.slice):
                yield found
        elif isinstance(node, ast.arg) and isinstance(node.annotation, ast.Starred):
            yield found


@bundle_rule("K108", "walrus in a subscript without brackets", kybra=PARSER, fix="put brackets around it")
def bare_walrus_in_subscript(bundle: Bundle) -> Iterator[Finding]:
    for found in nodes_of(bundle, ast.Subscript):
        node = found.node
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.NamedExpr):
            line = found.module.source.split(b"\n")[node.slice.lineno - 1]
            if not line[: node.slice.col_offset].rstrip().endswith(b"("):
                yield found


def _starts_with_bracket(module: BundledModule, node: ast.expr) -> bool:
    line = module.source.split(b"\n")[node.lineno - 1]
    return line[node.col_offset :].startswith(b"(")


@module_rule(
    "K110",
    "a key after `**` in a dictionary display",
    kybra="compiles it wrongly: what `**` brings overwrites the key",
    fix='`merged = dict(other)`, then `merged["key"] = value`',
    spares_installed=True,
)
def key_after_unpacking(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in nodes(tree):
        if isinstance(node, ast.Dict) and None in node.keys:
            after = node.keys[node.keys.index(None) :]
            if any(key is not None for key in after):
                yield node, ""
