"""Keys of the demo's people, made from their addresses: for a network that ends with the demo, never for a real one."""

import hashlib
from functools import cache

from icp_identity.identity import Identity


@cache
def demo_identity(name: str) -> Identity:
    """The same Ed25519 key for the same name."""
    return Identity(privkey=hashlib.sha256(b"VEX demo, no secret: " + name.encode()).hexdigest())
