"""An organisation's configuration on the wire: JSON documents by section (docs/reference/configuration.md)."""

from kybra import Opt, Record, Variant, Vec, nat32, nat64, text

from vex_canister.error_types import VexError


class ConfigurationSection(Record):
    name: text
    document: text


# `version` is the configuration's after which this change was thought up; the next one is answered.
class SetConfiguration(Record):
    client_token: text
    created_at: nat64
    organisation: nat64
    version: nat32
    section: text
    document: text


# Sections that were never set are not listed; what they then say is their default.
class Configuration(Record):
    organisation: nat64
    version: nat32
    changed_at: nat64
    changed_by: Opt[nat64]
    sections: Vec[ConfigurationSection]


class ConfigurationAnswer(Variant, total=False):
    Ok: Configuration
    Err: VexError


# What the index tells a shard: all of it, so that a shard that missed some is right again.
class PushedConfiguration(Record):
    organisation: nat64
    version: nat32
    sections: Vec[ConfigurationSection]
