"""Candid records of the users canister. Times are ns since 1970-01-01, ids nat64 that `users` draws at random."""

from kybra import Opt, Principal, Record, Variant, Vec, nat32, nat64, text

from vex_canister.error_types import VexError


# A field that is null stays as it is. Callers: platform operators, the first of whom is the installer.
class UsersSettings(Record):
    index: Opt[Principal]
    operators: Opt[Vec[Principal]]
    grant_lifetime: Opt[nat64]


class UsersSettingsView(Record):
    index: Opt[Principal]
    operators: Vec[Principal]
    grant_lifetime: nat64
    epoch: nat64
    people: nat64
    organisations: nat64
    shards: nat64


class UsersSettingsAnswer(Variant, total=False):
    Ok: UsersSettingsView
    Err: VexError


class RegisterPerson(Record):
    client_token: text
    created_at: nat64
    name: text
    email: Opt[text]
    language: Opt[text]


class Person(Record):
    id: nat64
    identity: Principal
    name: text
    email: Opt[text]
    language: Opt[text]
    registered_at: nat64


class PersonAnswer(Variant, total=False):
    Ok: Person
    Err: VexError


class NewPerson(Record):
    identity: Principal
    name: text
    email: Opt[text]
    language: Opt[text]
    roles: Vec[text]
    teams: Vec[nat32]


# Up to 50 people; those who are registered keep their record. Callers: admins (`members.manage`), operators.
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


class Member(Record):
    person: nat64
    name: text
    identity: Principal
    roles: Vec[text]
    teams: Vec[nat32]
    epoch: nat64


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


# The first form of `push`: shards whose retries are still due, and journalled failures of timers.
class PushBacklog(Record):
    waiting: nat64
    failures: Vec[text]


class PushBacklogAnswer(Variant, total=False):
    Ok: PushBacklog
    Err: VexError
