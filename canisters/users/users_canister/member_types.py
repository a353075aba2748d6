"""Candid records of organisations, their members, teams and roles. Times are ns since 1970-01-01."""

from kybra import Opt, Principal, Record, Variant, Vec, nat16, nat32, nat64, text

from vex_canister.error_types import VexError


class NewPerson(Record):
    identity: Principal
    name: text
    email: Opt[text]
    language: Opt[text]
    roles: Vec[text]
    teams: Vec[nat32]


# Up to 50 people; those who are registered keep their record. Callers: admins (`members.manage`).
class AddPeople(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    people: Vec[NewPerson]


class PeopleIds(Record):
    ids: Vec[nat64]
    epoch: nat64


class PeopleIdsAnswer(Variant, total=False):
    Ok: PeopleIds
    Err: VexError


class Organisation(Record):
    id: nat64
    name: text
    slug: text
    members: nat32
    teams: nat32


class OrganisationAnswer(Variant, total=False):
    Ok: Organisation
    Err: VexError


# Replaces the person's roles and teams; empty roles end the membership.
class SetMember(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    person: nat64
    roles: Vec[text]
    teams: Vec[nat32]


class CreateTeam(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    name: text


# A role of the organisation's own, from the list of permissions; a built-in role's name is refused.
class DefineRole(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    name: text
    permissions: Vec[text]


# What a member does for the organisation; see `RosterMember`.
class Work(Record):
    skills: Vec[text]
    capacity: nat16
    out_until: nat64
    calendar: Opt[text]


# joined_by: admin, invitation, domain or open. Null in members of an earlier version.
class Member(Record):
    person: nat64
    name: text
    identity: Principal
    roles: Vec[text]
    teams: Vec[nat32]
    epoch: nat64
    joined_by: Opt[text]
    deactivated: bool
    service: bool
    work: Work


class MemberPage(Record):
    members: Vec[Member]
    next: Opt[text]


class MemberPageAnswer(Variant, total=False):
    Ok: MemberPage
    Err: VexError


class ListMembers(Record):
    organisation: nat64
    cursor: Opt[text]
    limit: Opt[nat32]


class Team(Record):
    id: nat32
    name: text


class Role(Record):
    name: text
    permissions: Vec[text]
    built_in: bool


class OrganisationRoles(Record):
    teams: Vec[Team]
    roles: Vec[Role]


class OrganisationRolesAnswer(Variant, total=False):
    Ok: OrganisationRoles
    Err: VexError


# Callers: admins (`members.manage`). A deactivated member keeps roles and tickets, and may nothing.
class DeactivateMember(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    person: nat64
    deactivated: bool


class OneOrganisation(Record):
    client_token: text
    created_at: nat64
    organisation: nat64


# Replaces what a role of the organisation's own allows.
class UpdateRole(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    name: text
    permissions: Vec[text]


class DeleteRole(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    name: text


class SetWork(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    person: nat64
    skills: Vec[text]
    capacity: nat16
    calendar: Opt[text]


# until: ns, 0 to be back; person: null for oneself.
class SetOutOfOffice(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    person: Opt[nat64]
    until: nat64
