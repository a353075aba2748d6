"""Values in Candid's textual form, parsed to trees that do not know their types yet (specification, "Values")."""

from typing import Any, NamedTuple

from candid.did import TypeParser
from candid.lexer import END, NUMBER, TEXT, WORD, Cursor
from candid.principal import Principal
from candid.types import Type
from candid.wire import label_hash

Label = str | int


class Node(NamedTuple):
    """A parsed value: `kind` says what `value` is.

    null None; bool; number its text; text str; blob bytes; opt a Node; vec list of Nodes; record list of (label,
    Node); variant (label, Node); principal and service Principal; func (Principal, method); typed (Node, Type).
    """

    kind: str
    value: Any


_NULL = Node("null", None)


def parse_nodes(source: str) -> list[Node]:
    """The values of `( <annval>,* )`, or of one value without parentheses. Raises TextError."""
    parser = _Parser(Cursor(source))
    nodes = parser.arguments()
    if parser.at.token.kind != END:
        raise parser.at.fail(f"{parser.at.token.value!r} cannot stand here")
    return nodes


class _Parser:
    def __init__(self, cursor: Cursor) -> None:
        self.at = cursor

    def arguments(self) -> list[Node]:
        if not self.at.take("("):
            return [self.annotated()]
        nodes: list[Node] = []
        while not self.at.take(")"):
            nodes.append(self.annotated())
            if not self.at.at(")"):
                self.at.expect(",")
        return nodes

    def annotated(self) -> Node:
        node = self.value()
        return Node("typed", (node, self.type())) if self.at.take(":") else node

    def type(self) -> Type:
        return TypeParser(self.at).datatype()

    def value(self) -> Node:
        token = self.at.token
        if token.kind == NUMBER:
            return Node("number", self.at.next().value)
        if token.kind == TEXT:
            return Node("text", self.at.text())
        if self.at.take("("):
            node = self.annotated()
            self.at.expect(")")
            return node
        parse = _WORDS.get(token.value) if token.kind == WORD else None
        if parse is None:
            raise self.at.fail(f"a value is expected, not {token.value!r}")
        self.at.next()
        return parse(self)

    def opt(self) -> Node:
        return Node("opt", self.value())

    def vec(self) -> Node:
        nodes: list[Node] = []
        self.at.expect("{")
        while not self.at.take("}"):
            nodes.append(self.annotated())
            self.separator()
        return Node("vec", nodes)

    def blob(self) -> Node:
        if self.at.token.kind != TEXT:
            raise self.at.fail("a blob's bytes are expected")
        return Node("blob", self.at.next().raw)

    def record(self) -> Node:
        fields: list[tuple[Label, Node]] = []
        ids = set()
        following = 0
        self.at.expect("{")
        while not self.at.take("}"):
            label: Label = following
            if self.at.ahead().value == "=" and self.at.token.kind in (NUMBER, TEXT, WORD):
                label = self.label()
                self.at.expect("=")
            fields.append((label, self.annotated()))
            following = label_hash(label) + 1
            if label_hash(label) in ids:
                raise self.at.fail(f"field {label} stands twice")
            ids.add(label_hash(label))
            self.separator()
        return Node("record", fields)

    def variant(self) -> Node:
        self.at.expect("{")
        label = self.label()
        node = self.annotated() if self.at.take("=") else _NULL
        self.at.take(";")
        self.at.expect("}")
        return Node("variant", (label, node))

    def separator(self) -> None:
        if not self.at.at("}"):
            self.at.expect(";")

    def label(self) -> Label:
        return self.at.id() if self.at.token.kind == NUMBER else self.at.name()

    def principal(self) -> Node:
        return Node("principal", Principal.from_text(self.at.text()))

    def service(self) -> Node:
        return Node("service", Principal.from_text(self.at.text()))

    def func(self) -> Node:
        principal = Principal.from_text(self.at.text())
        self.at.expect(".")
        return Node("func", (principal, self.at.name()))


_WORDS = {
    "null": lambda _: _NULL,
    "true": lambda _: Node("bool", True),
    "false": lambda _: Node("bool", False),
    "opt": _Parser.opt,
    "vec": _Parser.vec,
    "blob": _Parser.blob,
    "record": _Parser.record,
    "variant": _Parser.variant,
    "principal": _Parser.principal,
    "service": _Parser.service,
    "func": _Parser.func,
}
