"""What compiling a module counts as, the first time that a subnet sees it."""

from hashlib import sha256

from local_replica.execution.binary import read_module
from local_replica.subnet import Subnet

INSTRUCTIONS_PER_CODE_BYTE = 6_000
_CODE_SECTION = 10


def instructions(subnet: Subnet, module: bytes) -> int:
    """Instructions for compiling the module; none when it was compiled on this subnet before."""
    key = sha256(module).digest()
    if key in subnet.state.compiled:
        return 0
    subnet.state.compiled.add(key)
    code = read_module(module).section(_CODE_SECTION)
    return INSTRUCTIONS_PER_CODE_BYTE * (code.end - code.start) if code is not None else 0
