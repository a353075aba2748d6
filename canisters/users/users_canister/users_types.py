"""Candid records of the users canister. Times are ns since 1970-01-01, ids nat64 that `users` draws at random."""

from kybra import Opt, Principal, Record, Variant, Vec, blob, nat16, nat32, nat64, text

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


# The first form of `push`: shards whose retries are still due, and journalled failures of timers.
class PushBacklog(Record):
    waiting: nat64
    failures: Vec[text]


class PushBacklogAnswer(Variant, total=False):
    Ok: PushBacklog
    Err: VexError


# Replaces one's own name, e-mail and language. An e-mail that a person types proves nothing.
class UpdateProfile(Record):
    client_token: text
    created_at: nat64
    name: text
    email: Opt[text]
    language: Opt[text]


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


# joining: invitation, domain or open; role: what those get who come uninvited; public: anyone may see the profile.
class SetJoining(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    joining: text
    role: text
    domains: Vec[text]
    public: bool


class JoiningPolicy(Record):
    organisation: nat64
    joining: text
    role: text
    domains: Vec[text]
    public: bool


class JoiningPolicyAnswer(Variant, total=False):
    Ok: JoiningPolicy
    Err: VexError


class PublicProfile(Record):
    id: nat64
    name: text
    slug: text
    joining: text


class PublicProfileAnswer(Variant, total=False):
    Ok: PublicProfile
    Err: VexError


# joined: false while an admin has to decide.
class Joining(Record):
    joined: bool
    epoch: nat64


class JoiningAnswer(Variant, total=False):
    Ok: Joining
    Err: VexError


class AskingPerson(Record):
    person: nat64
    name: text
    email: text
    asked_at: nat64


class AskingPeople(Record):
    people: Vec[AskingPerson]


class AskingPeopleAnswer(Variant, total=False):
    Ok: AskingPeople
    Err: VexError


class DecideJoining(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    person: nat64
    accept: bool


# digest: SHA-256 of the code's UTF-8, which only its maker and who gets it know; expires: ns, within 30 days.
class CreateInvitation(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    digest: blob
    expires: nat64
    roles: Vec[text]
    teams: Vec[nat32]
    email: Opt[text]


# code: 20-128 characters; name and language are for a caller who is not registered yet.
class AcceptInvitation(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    code: text
    name: Opt[text]
    language: Opt[text]


class Membership(Record):
    person: nat64
    organisation: nat64
    roles: Vec[text]
    teams: Vec[nat32]
    epoch: nat64


class MembershipAnswer(Variant, total=False):
    Ok: Membership
    Err: VexError


class RevokeInvitation(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    number: nat64


class ListInvitations(Record):
    organisation: nat64
    cursor: Opt[text]
    limit: Opt[nat32]


class Invitation(Record):
    number: nat64
    roles: Vec[text]
    teams: Vec[nat32]
    email: Opt[text]
    expires: nat64
    made_by: nat64
    used_by: Opt[nat64]


class InvitationPage(Record):
    invitations: Vec[Invitation]
    next: Opt[text]


class InvitationPageAnswer(Variant, total=False):
    Ok: InvitationPage
    Err: VexError


# Opens a code (expires: within 15 minutes) with which another principal becomes the caller's person, too.
class BeginLink(Record):
    client_token: text
    created_at: nat64
    digest: blob
    expires: nat64
    label: text


# Opens a code with which `identity`, one of the caller's person, agrees to go.
class BeginUnlink(Record):
    client_token: text
    created_at: nat64
    digest: blob
    expires: nat64
    identity: Principal


# Opens a code (expires: within 7 days) with which a new principal takes the place of all that the person has.
# organisation: null for an operator, whose recovery counts after three days.
class BeginRecovery(Record):
    client_token: text
    created_at: nat64
    organisation: Opt[nat64]
    person: nat64
    digest: blob
    expires: nat64
    label: text


class CancelCode(Record):
    client_token: text
    created_at: nat64


class ConfirmIdentity(Record):
    client_token: text
    created_at: nat64
    person: nat64
    code: text


class ApiKey(Record):
    organisation: nat64
    scopes: Vec[text]
    expires: nat64
    per_minute: nat32


class Identity(Record):
    identity: Principal
    label: text
    linked_at: nat64
    api_key: Opt[ApiKey]


class OpenCode(Record):
    kind: text
    label: text
    expires: nat64
    not_before: nat64


class Identities(Record):
    person: nat64
    identities: Vec[Identity]
    open_code: Opt[OpenCode]


class IdentitiesAnswer(Variant, total=False):
    Ok: Identities
    Err: VexError


class CreateServiceAccount(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    name: text
    roles: Vec[text]
    teams: Vec[nat32]


# Opens a code (expires: within a day) with which a principal becomes an API key of `person`, until `key_expires`.
class CreateApiKey(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    person: nat64
    digest: blob
    expires: nat64
    label: text
    scopes: Vec[text]
    key_expires: nat64
    updates_per_minute: nat32


class RevokeApiKey(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    identity: Principal


class ExportPersonRecord(Record):
    organisation: nat64
    person: nat64


# What users hold of a person, and of their membership in one organisation; identities as principals' bytes.
class ExportedPerson(Record):
    person: nat64
    name: text
    email: Opt[text]
    language: Opt[text]
    registered_at: nat64
    identities: Vec[blob]
    roles: Vec[text]
    teams: Vec[nat32]


class ExportedPersonAnswer(Variant, total=False):
    Ok: ExportedPerson
    Err: VexError
