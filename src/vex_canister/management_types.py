"""The management canister's methods that the fleet needs; kybra's own declarations lack chunked install."""

from kybra import Opt, Principal, Record, Service, Variant, Vec, blob, nat, nat64, null, service_update, void


class CreateArguments(Record):
    sender_canister_version: Opt[nat64]


class CreatedCanister(Record):
    canister_id: Principal


class StatusArguments(Record):
    canister_id: Principal


# A part of what canister_status answers; Candid drops the rest.
class CanisterFacts(Record):
    module_hash: Opt[blob]
    cycles: nat


class ChunkUpload(Record):
    canister_id: Principal
    chunk: blob


class ChunkHash(Record):
    hash: blob


class InstallMode(Variant, total=False):
    install: null
    reinstall: null
    upgrade: null


class ChunkedInstall(Record):
    mode: InstallMode
    target_canister: Principal
    store_canister: Opt[Principal]
    chunk_hashes_list: Vec[ChunkHash]
    wasm_module_hash: blob
    arg: blob
    sender_canister_version: Opt[nat64]


class Management(Service):
    @service_update
    def raw_rand(self) -> blob: ...

    @service_update
    def create_canister(self, arguments: CreateArguments) -> CreatedCanister: ...

    @service_update
    def canister_status(self, arguments: StatusArguments) -> CanisterFacts: ...

    @service_update
    def upload_chunk(self, arguments: ChunkUpload) -> ChunkHash: ...

    @service_update
    def install_chunked_code(self, arguments: ChunkedInstall) -> void: ...
