"""The users canister's stable memory: every map's id, key and sizes, and the records in it. They never change.

New fields of records are `Opt`; a key of two numbers is the organisation's id << 32 | the other, or 16 bytes.
"""

from kybra import Opt, Record, StableBTreeMap, Vec, blob, nat8, nat16, nat32, nat64, text

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
    service_of: Opt[nat64]
    memberships: Opt[nat32]


# `joined` counts everyone who was ever a member, `left` those who no longer are. `admins` and `staff` count active
# admins and those on the staff's roll; null before they were first counted. `asking`: who wait to be let in.
class StoredOrganisation(Record):
    name: text
    slug: text
    joined: nat32
    left: nat32
    teams: nat32
    roles: nat32
    admins: Opt[nat32]
    staff: Opt[nat32]
    asking: Opt[nat32]
    invited: Opt[nat64]
    people_most: Opt[nat32]


# `staff` is the number on the staff's roll of everyone who is more than a customer.
class StoredMember(Record):
    number: nat32
    roles: Vec[text]
    teams: Vec[nat32]
    epoch: nat64
    deactivated: Opt[bool]
    joined_by: Opt[text]
    staff: Opt[nat32]


class StoredTeam(Record):
    name: text


class StoredRole(Record):
    name: text
    permissions: Vec[text]
    since: Opt[nat64]


# What is not kept of a member is `vex_domain.people.work_rules.NO_WORK`.
class StoredWork(Record):
    skills: Vec[text]
    capacity: nat16
    out_until: nat64
    calendar: Opt[text]


class StoredIdentity(Record):
    identity: blob
    label: text
    linked_at: nat64


# Absent for a person of one identity, which stands in the person's record. `pending`: the digest of an open code.
class StoredIdentities(Record):
    identities: Vec[StoredIdentity]
    pending: Opt[blob]


# A one-time code under its SHA-256; `kind` as in `vex_domain.people.secret_codes`, which says what the fields mean.
class StoredCode(Record):
    kind: text
    organisation: nat64
    person: nat64
    identity: Opt[blob]
    label: text
    roles: Vec[text]
    teams: Vec[nat32]
    email: Opt[text]
    scopes: Vec[text]
    key_expires: nat64
    per_minute: nat32
    made_by: nat64
    epoch: nat64
    not_before: nat64
    expires: nat64
    used_by: Opt[nat64]


class StoredPolicy(Record):
    joining: text
    role: text
    domains: Vec[text]
    public: bool


class StoredAsking(Record):
    person: nat64
    email: text
    asked_at: nat64


# An identity that may do only what its scopes say, in one organisation, until it expires (ns).
class StoredApiKey(Record):
    organisation: nat64
    scopes: Vec[text]
    expires: nat64
    per_minute: nat32


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
# Under organisation << 32 | number, from 1 and from 0. A role's `since` is the epoch of its definition: members of an
# earlier epoch had another role by that name.
users_teams = StableBTreeMap[nat64, StoredTeam](memory_id=6, max_key_size=15, max_value_size=320)
users_roles = StableBTreeMap[nat64, StoredRole](memory_id=7, max_key_size=15, max_value_size=1_024)
# Under 0, 1, 2 …
users_shards = StableBTreeMap[nat32, StoredShardAddress](memory_id=8, max_key_size=11, max_value_size=64)
users_tokens = StableBTreeMap[nat32, StoredToken](memory_id=9, max_key_size=11, max_value_size=1_024)
users_failures = StableBTreeMap[nat8, text](memory_id=10, max_key_size=8, max_value_size=256)
# Under organisation (8 bytes) and person (8 bytes), as members.
users_work = StableBTreeMap[blob, StoredWork](memory_id=11, max_key_size=26, max_value_size=768)
# Under the person's id.
users_linked = StableBTreeMap[nat64, StoredIdentities](memory_id=12, max_key_size=15, max_value_size=768)
# Under the code's SHA-256, and the digest of an invitation under organisation << 32 | slot of its ring.
users_codes = StableBTreeMap[blob, StoredCode](memory_id=13, max_key_size=48, max_value_size=1_024)
users_invitations = StableBTreeMap[nat64, blob](memory_id=14, max_key_size=15, max_value_size=48)
# Under the organisation's id.
users_policies = StableBTreeMap[nat64, StoredPolicy](memory_id=15, max_key_size=15, max_value_size=768)
# Under organisation << 32 | 1, 2 …: who asks to join, and the staff's roll; the last one fills a gap.
users_asking = StableBTreeMap[nat64, StoredAsking](memory_id=16, max_key_size=15, max_value_size=384)
users_staff = StableBTreeMap[nat64, nat64](memory_id=17, max_key_size=15, max_value_size=15)
# Under the principal's bytes.
users_api_keys = StableBTreeMap[blob, StoredApiKey](memory_id=18, max_key_size=40, max_value_size=768)
