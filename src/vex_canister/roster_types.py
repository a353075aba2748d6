"""Who of an organisation's people may be assigned tickets, as `users` tells shards."""

from kybra import Opt, Record, Variant, Vec, nat16, nat32, nat64, text

from vex_canister.error_types import VexError


# skills: words of 1-32 of a-z, 0-9, - and _; capacity: open tickets at once, 0 takes none automatically;
# out_until: ns, 0 when in office; calendar: an id of the organisation's section `calendars`, null: always.
class RosterMember(Record):
    person: nat64
    teams: Vec[nat32]
    skills: Vec[text]
    capacity: nat16
    out_until: nat64
    calendar: Opt[text]


# At most 2,000 members. `epoch` is that of `users` when it answered.
class Roster(Record):
    organisation: nat64
    epoch: nat64
    members: Vec[RosterMember]


class RosterAnswer(Variant, total=False):
    Ok: Roster
    Err: VexError


# The whole member each time; `gone`: no longer one who may be assigned.
class RosterChange(Record):
    organisation: nat64
    epoch: nat64
    member: RosterMember
    gone: bool
