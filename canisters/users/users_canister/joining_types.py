"""Candid records of joining: by invitation, by mail domain, freely. Times are ns since 1970-01-01."""

from kybra import Opt, Record, Variant, Vec, blob, nat32, nat64, text

from vex_canister.error_types import VexError


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
