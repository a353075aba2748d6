"""What `users` tells shards and the index about a person in an organisation."""

from kybra import Opt, Principal, Record, Variant, Vec, nat32, nat64, text

from vex_canister.error_types import VexError


# No permissions: not a member. `epoch` is that of `users` when it answered; `lifetime` is in ns, from the asking.
# `known_teams`: the organisation's teams are 1 … this; `updates_per_minute`: the limit of an API key.
class Grants(Record):
    person: nat64
    roles: Vec[text]
    teams: Vec[nat32]
    permissions: Vec[text]
    epoch: nat64
    lifetime: nat64
    known_teams: Opt[nat32]
    updates_per_minute: Opt[nat32]


class GrantsAnswer(Variant, total=False):
    Ok: Grants
    Err: VexError


# Answers older than `epoch` no longer count for this principal in this organisation; the management canister's
# principal stands for all its members, organisation 0 for all of the principal's.
class GrantChange(Record):
    organisation: nat64
    subject: Principal
    epoch: nat64


# Which of some people an organisation knows as members, also deactivated ones, and which of them may be assigned.
class KnownPeople(Record):
    people: Vec[nat64]
    assignable: Vec[nat64]


class KnownPeopleAnswer(Variant, total=False):
    Ok: KnownPeople
    Err: VexError
