"""What compiling a module counts as, the first time that a subnet sees it."""

from hashlib import sha256

from local_replica.execution.binary import read_module
from local_replica.subnet import Subnet

INSTRUCTIONS_PER_CODE_BYTE = 6_000
"""Close to what is charged per instruction of the instrumented code."""
INSTRUCTIONS_PER_CACHED_CODE_BYTE = 60
_CODE_SECTION = 10


def instructions(subnet: Subnet, module: bytes) -> int:
    """Instructions for compiling the module; a hundredth of it when it was compiled on this subnet before."""
    code = read_module(module).section(_CODE_SECTION)
    size = code.end - code.start if code is not None else 0
    key = sha256(module).digest()
    if key in subnet.state.compiled:
        return INSTRUCTIONS_PER_CACHED_CODE_BYTE * size
    subnet.state.compiled.add(key)
    return INSTRUCTIONS_PER_CODE_BYTE * size
