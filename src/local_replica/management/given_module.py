"""A module as it is given to an installation: what is kept of it."""

from local_replica.canister import InstalledModule
from local_replica.execution.binary import Malformed, NotConstant, read_module
from local_replica.execution.remembering import digest
from local_replica.subnet import Subnet

_PERSISTENCE_SECTION = "icp:private enhanced-orthogonal-persistence"


def described(subnet: Subnet, given: bytes, module: bytes) -> InstalledModule:
    """What is kept of a module; its bytes go among the blobs."""
    blobs = subnet.network.blobs
    return InstalledModule(
        module_hash=digest(given),
        blob=blobs.put(module),
        size=len(given),
        globals_bytes=32 * (1 + sum(mutable for _, mutable in read_module(module).globals)),
        custom_sections_bytes=custom_sections_bytes(module),
        is_64=has_64_bit_memory(module),
        given=b"" if given == module else blobs.put(given),
    )


def has_64_bit_memory(module: bytes) -> bool:
    """Whether the module's heap is addressed by 64 bits."""
    memories = read_module(module).memories
    return bool(memories) and memories[0].is_64


def looks_64(module: bytes) -> bool:
    """As `has_64_bit_memory`; no for what is no module, which is refused later."""
    try:
        return has_64_bit_memory(module)
    except (Malformed, NotConstant):
        return False


def is_persistent(module: bytes) -> bool:
    """Whether the module declares Motoko's enhanced orthogonal persistence."""
    return any(name == _PERSISTENCE_SECTION for name, _ in read_module(module).custom_sections())


def custom_sections_bytes(module: bytes) -> int:
    """Bytes of the "icp:" sections: names, contents, and one for each one's visibility."""
    return sum(
        len(name.split(" ", 1)[-1]) + len(content) + 1
        for name, content in read_module(module).custom_sections()
        if name.startswith("icp:")
    )
