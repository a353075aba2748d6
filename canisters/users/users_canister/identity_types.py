"""Candid records of a person's principals: linked, recovered, API keys. Times are ns since 1970-01-01."""

from kybra import Opt, Principal, Record, Variant, Vec, blob, nat32, nat64, text

from vex_canister.error_types import VexError


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
