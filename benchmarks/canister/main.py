"""What single operations cost inside a canister: one method each, nothing else in it."""

import hashlib

from kybra import (
    Async,
    CallResult,
    Opt,
    Principal,
    Record,
    Service,
    StableBTreeMap,
    Vec,
    blob,
    nat,
    nat32,
    nat64,
    query,
    service_update,
    text,
    update,
    void,
)


class Ticket(Record):
    id: nat64
    owner: text
    subject: text
    body: text
    status: nat32
    priority: nat32
    created_at: nat64
    updated_at: nat64
    tags: Vec[text]
    assignee: Opt[text]


class Row(Record):
    owner: text
    body: text
    size: nat32


class Bench(Service):
    @service_update
    def noop_update(self) -> void: ...


rows = StableBTreeMap[nat64, Row](memory_id=0, max_key_size=15, max_value_size=1024)


def row(key: int) -> Row:
    return {"owner": "2vxsx-fae", "body": "x" * 560, "size": key % 1000}


@update
def noop_update() -> void:
    pass


@update
def record_echo(ticket: Ticket) -> Ticket:
    return ticket


@update
def fill(start: nat64, count: nat64) -> nat64:
    """Insert `count` rows at every second key from `start`."""
    for key in range(start, start + count):
        rows.insert(key * 2, row(key))
    return rows.len()


@update
def map_get(key: nat64) -> Opt[Row]:
    return rows.get(key)


@update
def map_insert(key: nat64) -> void:
    rows.insert(key, row(key))


@update
def map_remove(key: nat64) -> void:
    rows.remove(key)


@update
def sha256_1k(data: blob) -> blob:
    return hashlib.sha256(data).digest()


@update
def await_call(other: Principal) -> Async[nat]:
    result: CallResult[void] = yield Bench(other).noop_update()
    return 0 if result.Err is None else 1


@query
def noop_query() -> void:
    pass
