"""Rejections: reject codes (interface specification, "Reject codes") and the error codes that refine them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reject:
    """What a caller is told. `error_code` is the replica's refinement as PocketIC names it ("CanisterCalledTrap")."""

    reject_code: int
    error_code: str
    message: str
    certified: bool = False
