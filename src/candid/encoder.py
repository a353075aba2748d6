"""Binary encoding: closures compiled once per list of types, behind a header of fixed bytes.

A writer is `(out, value) -> None` and appends to a bytearray.
"""

from collections.abc import Sequence
from typing import Any

from candid.errors import EncodeError
from candid.record_writer import record_writer, tuple_writer
from candid.table import Table, build, header
from candid.types import Type, TypeEnv
from candid.values import Some, is_tuple
from candid.wire import (
    FIXED_FORMATS,
    FUNC,
    NAT8,
    NULL,
    OPT,
    PRINCIPAL,
    RECORD,
    RESERVED,
    TEXT,
    VARIANT,
    VEC,
)
from candid.writers import (
    FAILURES,
    PRIMITIVE_WRITERS,
    Writer,
    fixed_vec_writer,
    func_writer,
    late_writer,
    opt_writer,
    principal_writer,
    some_writer,
    variant_writer,
    vec_writer,
    write_blob,
    write_text_vec,
)


class PythonForms:
    """How values to be encoded look; a host that speaks another dialect overrides what differs."""

    some: type[Any] | None = Some
    """Wraps what is present in an `opt` whose content may be null; None: values are not wrapped."""
    extra_keys = False
    """Whether a record may have keys that its type does not."""

    def principal(self, value: Any) -> bytes:
        """The bytes of a principal or service."""
        return value.bytes  # type: ignore[no-any-return] # whatever has bytes passes for a principal

    def func(self, value: Any) -> tuple[bytes, str]:
        """A func as the canister's bytes and the method's name."""
        principal, method = value
        return principal.bytes, method

    def key(self, label: str | int) -> Any:
        return label

    def is_tuple(self, labels: Sequence[str | int]) -> bool:
        return is_tuple(labels)


class Encoder:
    """Encodes messages of one list of types; `header` is what each of them begins with."""

    __slots__ = ("_writers", "header")

    def __init__(self, types: Sequence[Type], env: TypeEnv, forms: PythonForms | None = None) -> None:
        self.header = header(build(types, env))
        table = build(types, env, by_name=True)
        compiler = WriterCompiler(table, forms or PythonForms())
        self._writers = [compiler.writer(root) for root in table.roots]

    def __call__(self, values: Sequence[Any]) -> bytes:
        """The message with these argument values. Raises EncodeError."""
        out = bytearray(self.header)
        writers = self._writers
        if len(values) != len(writers):
            raise EncodeError(f"{len(writers)} values are expected, not {len(values)}")
        for index, write in enumerate(writers):
            try:
                write(out, values[index])
            except EncodeError as error:
                raise error.within(f"argument {index}") from None
            except FAILURES as error:
                raise EncodeError(f"argument {index}: {error}") from error
        return bytes(out)


class WriterCompiler:
    """Compiles the writers of a table's types, each once."""

    def __init__(self, table: Table, forms: PythonForms) -> None:
        self.table = table
        self.forms = forms
        self.made: dict[int, Writer] = {}

    def writer(self, ref: int) -> Writer:
        """The writer of values of type `ref`."""
        if ref < 0:
            return principal_writer(self.forms.principal) if ref == PRINCIPAL else PRIMITIVE_WRITERS[ref]
        made = self.made.get(ref)
        if made is None:
            self.made[ref] = late_writer(self.made, ref)
            made = self.made[ref] = self._compile(ref)
        return made

    def _compile(self, ref: int) -> Writer:
        entry = self.table.entries[ref]
        code = entry[0]
        if code == OPT:
            return self._opt(entry[1])
        if code == VEC:
            return self._vec(entry[1])
        if code == RECORD:
            return self._record(ref)
        if code == VARIANT:
            return self._variant(ref)
        if code == FUNC:
            return func_writer(self.forms.func)
        return principal_writer(self.forms.principal)

    def _opt(self, inner: int) -> Writer:
        wraps = self.forms.some is not None and self._may_be_null(inner)
        return some_writer(self.writer(inner), self.forms.some) if wraps else opt_writer(self.writer(inner))

    def _may_be_null(self, ref: int) -> bool:
        return ref in (NULL, RESERVED) or self.table.kind(ref) == OPT

    def _vec(self, inner: int) -> Writer:
        if inner == NAT8:
            return write_blob
        if inner == TEXT:
            return write_text_vec
        if inner in FIXED_FORMATS:
            return fixed_vec_writer(FIXED_FORMATS[inner])
        return vec_writer(self.writer(inner))

    def _record(self, ref: int) -> Writer:
        labels, refs = self.table.labels[ref], self.table.entries[ref][2]
        if self.forms.is_tuple(labels):
            return tuple_writer([self.writer(field) for field in refs])
        fields = [
            (self.forms.key(label), field, self._may_be_null(field), self.writer(field))
            for label, field in zip(labels, refs, strict=True)
        ]
        return record_writer(fields, extra_keys=self.forms.extra_keys)

    def _variant(self, ref: int) -> Writer:
        labels, refs = self.table.labels[ref], self.table.entries[ref][2]
        return variant_writer(
            {
                self.forms.key(label): (index, None if case == NULL else self.writer(case))
                for index, (label, case) in enumerate(zip(labels, refs, strict=True))
            }
        )
