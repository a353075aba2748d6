"""A module out of a gzip file, as the replica takes it: the first member, of the size that the last bytes name."""

import struct
import zlib

from local_replica.execution.failures import advice, invalid_module
from local_replica.execution.port import ExecutionError
from local_replica.management.inflating import END_OF_FILE, Corrupt, fault_of

MAX_MODULE_BYTES = 100 * 1024 * 1024
MAGIC = b"\x1f\x8b\x08"
_SHORTEST = 16
_WHOLE_STREAM = 1 << 18
"""Beyond, a corrupt stream is not read bit by bit to tell what is wrong with it."""
_CHECKSUM, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16
_SHRINK = advice(
    "Try shrinking the module using tools like `ic-wasm` or splitting the logic across multiple canisters.",
    "wasm-module-too-large",
)


def gunzipped(module: bytes) -> bytes | ExecutionError:
    """The module itself; no more of it is unpacked than it claims to have."""
    if module[:3] != MAGIC:
        return module
    if len(module) < _SHORTEST:
        return _undecodable("invalid Wasm module: gzip stream is too short")
    claimed = int.from_bytes(module[-4:], "little")
    if claimed > MAX_MODULE_BYTES:
        told = f"Wasm module size of {claimed} exceeds the maximum allowed size of {MAX_MODULE_BYTES}."
        return invalid_module(told, _SHRINK)
    try:
        content = _content(module, claimed)
    except Corrupt as corrupt:
        return _undecodable(f"failed to decode compressed Wasm module: {corrupt}")
    if len(content) != claimed:
        return _undecodable(f"specified uncompressed size {claimed} does not match extracted size {len(content)}")
    return content


def _undecodable(reason: str) -> ExecutionError:
    return invalid_module(f"Failed to decode wasm module: {reason}")


def _content(module: bytes, claimed: int) -> bytes:
    """At most one byte more than claimed. Raises Corrupt."""
    stream = module[_header_bytes(module) :]
    unpacker = zlib.decompressobj(wbits=-15)
    try:
        content = unpacker.decompress(stream, claimed + 1)
    except zlib.error:
        raise Corrupt(fault_of(stream) if len(stream) <= _WHOLE_STREAM else END_OF_FILE) from None
    if len(content) > claimed:
        return content
    if not unpacker.eof:
        raise Corrupt(fault_of(stream) if len(stream) <= _WHOLE_STREAM else END_OF_FILE)
    trailer = unpacker.unused_data[:8]
    if len(trailer) < 8:
        raise Corrupt(END_OF_FILE)
    found, (expected, _) = zlib.crc32(content), struct.unpack("<II", trailer)
    if found != expected:
        raise Corrupt(f"CRC32 mismatched: value={found}, expected={expected}")
    return content


def _header_bytes(module: bytes) -> int:
    """Length of the gzip header. Raises Corrupt."""
    flags, at = module[3], 10
    if flags & _EXTRA:
        end = at + 2 + int.from_bytes(module[at : at + 2], "little")
        at += 2
        while at < end:
            at += 4 + int.from_bytes(module[at + 2 : at + 4], "little")
        if at > min(end, len(module)):
            raise Corrupt(END_OF_FILE)
    for flag in (_NAME, _COMMENT):
        if flags & flag:
            at = module.find(b"\0", at) + 1
            if not at:
                raise Corrupt(END_OF_FILE)
    if flags & _CHECKSUM:
        if at + 2 > len(module):
            raise Corrupt(END_OF_FILE)
        found = int.from_bytes(module[at : at + 2], "little")
        if found != (expected := _header_checksum(module[:at])):
            raise Corrupt(f"CRC16 of GZIP header mismatched: value={found}, expected={expected}")
        at += 2
    return at


def _header_checksum(header: bytes) -> int:
    """As libflate would write the header: without its flag, and with one of three levels."""
    level = header[8] if header[8] in {2, 4} else 0
    flags = header[3] & 0b11101
    return zlib.crc32(MAGIC + bytes((flags,)) + header[4:8] + bytes((level,)) + header[9:]) & 0xFFFF
