"""What a canister remembers of an accepted call, and of a `Full` answer."""

from kybra import Opt, Record, Vec, blob, nat16, nat64


# `sequence` counts all that were ever remembered; `caller` is the keyed hash of the principal.
class StoredToken(Record):
    sequence: nat64
    caller: nat64
    token: blob
    request: blob
    at: nat64
    numbers: Vec[nat64]
    failure: Opt[nat16]
