"""Writes the primitives of the binary format."""

from local_replica.execution.binary import EXTERNAL_KINDS


def encode_unsigned(value: int) -> bytes:
    """LEB128."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def encode_section(section_id: int, content: bytes) -> bytes:
    return bytes([section_id]) + encode_unsigned(len(content)) + content


def encode_export(name: str, kind: str, index: int) -> bytes:
    encoded = name.encode()
    return encode_unsigned(len(encoded)) + encoded + bytes([EXTERNAL_KINDS.index(kind)]) + encode_unsigned(index)


def encode_signed(value: int) -> bytes:
    """LEB128 of a number that is not negative, as a signed one."""
    encoded = bytearray()
    while value > 0x3F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
