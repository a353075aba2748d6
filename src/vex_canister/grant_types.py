"""What `users` tells shards and the index about a person in an organisation."""

from kybra import Principal, Record, Variant, Vec, nat32, nat64, text

from vex_canister.error_types import VexError


# No permissions: not a member. `epoch` is that of `users` when it answered; `lifetime` is in ns, from the asking.
class Grants(Record):
    person: nat64
    roles: Vec[text]
    teams: Vec[nat32]
    permissions: Vec[text]
    epoch: nat64
    lifetime: nat64


class GrantsAnswer(Variant, total=False):
    Ok: Grants
    Err: VexError


# Answers older than `epoch` no longer count for this principal in this organisation.
class GrantChange(Record):
    organisation: nat64
    subject: Principal
    epoch: nat64
