"""Candid records of the users canister's settings and pushes. Times are ns since 1970-01-01."""

from kybra import Opt, Principal, Record, Variant, Vec, nat64, text

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


# The first form of `push`: shards whose retries are still due, and journalled failures of timers.
class PushBacklog(Record):
    waiting: nat64
    failures: Vec[text]


class PushBacklogAnswer(Variant, total=False):
    Ok: PushBacklog
    Err: VexError
