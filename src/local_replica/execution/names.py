"""The name section (core specification, appendix "Custom Sections")."""

from local_replica.execution.binary import CUSTOM, Malformed, Module, Reader


def check_name_section(module: Module) -> None:
    """Raises Malformed where the name section's parts cannot be told apart."""
    for section in module.sections:
        if section.id != CUSTOM:
            continue
        reader = Reader(module.data, section.start, section.end)
        if reader.name() != "name":
            continue
        while reader.position < reader.end:
            if reader.byte() & 0x80:
                raise Malformed(f"invalid u7 (at offset {reader.position - 1:#x})")
            reader.take(reader.unsigned())


def function_name(module: Module, index: int) -> str | None:
    """A function's name in the name section."""
    for section_name, content in module.custom_sections():
        if section_name == "name":
            return _function_names(Reader(content, 0, len(content))).get(index)
    return None


def _function_names(reader: Reader) -> dict[int, str]:
    while reader.position < reader.end:
        part, size = reader.byte(), reader.unsigned()
        if part == 1:
            return dict(reader.vector(lambda: (reader.unsigned(), reader.name())))
        reader.take(size)
    return {}
