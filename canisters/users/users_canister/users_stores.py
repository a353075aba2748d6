"""The users canister's stable memory: every map's id, key and sizes, and the records in it. They never change.

New fields of records are `Opt`; a key of two numbers is the organisation's id << 32 | the other, or 16 bytes.
"""

from kybra import Opt, Record, StableBTreeMap, Vec, blob, nat8, nat32, nat64, text

from vex_canister.token_records import StoredToken


class StoredUsers(Record):
    index: blob
    operators: Vec[blob]
    grant_lifetime: nat64
    epoch: nat64
    secret: Opt[blob]


class StoredPerson(Record):
    identity: blob
    name: text
    email: Opt[text]
    language: Opt[text]
    registered_at: nat64


# `joined` counts everyone who was ever a member, `left` those who no longer are.
class StoredOrganisation(Record):
    name: text
    slug: text
    joined: nat32
    left: nat32
    teams: nat32
    roles: nat32


class StoredMember(Record):
    number: nat32
    roles: Vec[text]
    teams: Vec[nat32]
    epoch: nat64


class StoredTeam(Record):
    name: text


class StoredRole(Record):
    name: text
    permissions: Vec[text]


class StoredShardAddress(Record):
    canister: blob


# One record under key 0.
users_settings = StableBTreeMap[nat8, StoredUsers](memory_id=0, max_key_size=8, max_value_size=1_024)
# Under the person's id, and the id under the principal's bytes.
users_people = StableBTreeMap[nat64, StoredPerson](memory_id=1, max_key_size=15, max_value_size=768)
users_identities = StableBTreeMap[blob, nat64](memory_id=2, max_key_size=40, max_value_size=15)
users_organisations = StableBTreeMap[nat64, StoredOrganisation](memory_id=3, max_key_size=15, max_value_size=768)
# Under organisation (8 bytes) and person (8 bytes); the person under organisation << 32 | member's number.
users_members = StableBTreeMap[blob, StoredMember](memory_id=4, max_key_size=26, max_value_size=768)
users_rolls = StableBTreeMap[nat64, nat64](memory_id=5, max_key_size=15, max_value_size=15)
# Under organisation << 32 | number, from 1 and from 0.
users_teams = StableBTreeMap[nat64, StoredTeam](memory_id=6, max_key_size=15, max_value_size=320)
users_roles = StableBTreeMap[nat64, StoredRole](memory_id=7, max_key_size=15, max_value_size=1_024)
# Under 0, 1, 2 …
users_shards = StableBTreeMap[nat32, StoredShardAddress](memory_id=8, max_key_size=11, max_value_size=64)
users_tokens = StableBTreeMap[nat32, StoredToken](memory_id=9, max_key_size=11, max_value_size=1_024)
users_failures = StableBTreeMap[nat8, text](memory_id=10, max_key_size=8, max_value_size=256)
