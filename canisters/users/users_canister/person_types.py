"""Candid records of people: registered, changed, exported. Times are ns since 1970-01-01, ids drawn at random."""

from kybra import Opt, Principal, Record, Variant, Vec, blob, nat32, nat64, text

from vex_canister.error_types import VexError


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


# Replaces one's own name, e-mail and language. An e-mail that a person types proves nothing.
class UpdateProfile(Record):
    client_token: text
    created_at: nat64
    name: text
    email: Opt[text]
    language: Opt[text]


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
