"""Encoders of records, written as Python source for each record type and compiled once.

A call costs as much as ten bytecodes here, so texts, fixed integers and absent options are encoded in place. The
function does what the general encoder would; where something in place fails, that one takes over and finds the words.
"""

from typing import Any

from candid.types import Opt, Primitive, Type
from canister_runtime.host.scalars import SIZES, SMALL, Encoder, leb

_TEMPLATE = """\
def encode(value):
    try:
{body}
        return join(({pieces}))
    except (TypeError, OverflowError, UnicodeEncodeError) as error:
        if error.__traceback__.tb_next is not None:
            raise
        return general(value)
"""


def record_writer(
    names: tuple[str, ...],
    types: tuple[Type, ...],
    encoders: tuple[Encoder, ...],
    order: tuple[int, ...],
    general: Encoder,
) -> Encoder:
    """The encoder of a record: `names` and resolved `types` as declared, `order` the fields' places by their ids.

    An error that a field's own encoder raised passes; one raised in place means that `general` has to look.
    """
    lines = [f"v{index} = value[{name!r}]" for index, name in enumerate(names)]
    pieces: list[str] = []
    for index, type_ in enumerate(types):
        statements, piece = _in_place(index, type_)
        lines += statements
        pieces.append(piece)
    source = _TEMPLATE.format(
        body="\n".join([" " * 8 + line for line in lines]),
        pieces=", ".join([pieces[index] for index in order]) + ",",
    )
    scope: dict[str, Any] = {f"e{index}": encoder for index, encoder in enumerate(encoders)}
    scope |= {"join": b"".join, "utf8": str.encode, "to_bytes": int.to_bytes, "small": SMALL, "leb": leb}
    scope["general"] = general
    exec(compile(source, "<record encoder>", "exec"), scope)  # noqa: S102 - source made here from field names
    encode: Encoder = scope["encode"]
    return encode


def _in_place(index: int, type_: Type) -> tuple[list[str], str]:
    """Statements that convert field `index`, and an expression for its bytes that can no longer fail."""
    value, result = f"v{index}", f"r{index}"
    if isinstance(type_, Primitive) and type_.name == "text":
        length = f"n{index}"
        statements = [f"{result} = utf8({value})", f"{length} = len({result})"]
        return statements, f"(small[{length}] if {length} < 128 else leb({length})), {result}"
    if isinstance(type_, Primitive) and type_.name.startswith(("nat", "int")) and type_.name not in ("nat", "int"):
        signed = type_.name.startswith("int")
        size = SIZES[type_.name[3:]]
        arguments = f"{value}, {size}, 'little'" + (", signed=True" if signed else "")
        return [f"{result} = to_bytes({arguments})"], result
    if isinstance(type_, Opt):
        return [f"{result} = b'\\0' if {value} is None else e{index}({value})"], result
    return [f"{result} = e{index}({value})"], result
