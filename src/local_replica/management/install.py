"""Installing code: install, reinstall and upgrade, from one argument or from stored chunks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local_replica.canister import Canister, InstalledModule
from local_replica.canister_log import trap_line
from local_replica.cycles import balance, compilation, costs, memory
from local_replica.entry_request import request_of
from local_replica.execution.failures import engine_error
from local_replica.execution.port import Entry, ExecutionError, Instance, InstanceState, ModuleRefused, Request
from local_replica.management import chunks, growth
from local_replica.management.given_module import described, is_persistent, looks_64
from local_replica.management.rejections import ContractViolation, InstallationTooSoon, NotEmpty
from local_replica.management.request import ManagementCall
from local_replica.management.resource_rejections import InstallationUnpaid
from local_replica.management.unpacking import gunzipped
from local_replica.rejections import ExecutionFailed, NoModule, Rejection

RATE_LIMIT = 2_000_000_000
"""Instructions that a canister's installations may use a round; beyond, the next ones wait for as many rounds."""


def install_code(call: ManagementCall) -> "Installation":
    """`install_code`, begun."""
    canister = call.controlled()
    return Installation(call, canister, lambda: call.argument["wasm_module"]).begun()


def install_chunked_code(call: ManagementCall) -> "Installation":
    """`install_chunked_code`, begun: the module is put together from the store canister's chunks."""
    store = chunks.named_store(call)
    expected = call.argument["wasm_module_hash"]
    if len(expected) != 32:
        raise ContractViolation(f"Invalid wasm hash {list(expected)}")
    canister = call.controlled("target_canister")
    hashes = call.argument["chunk_hashes_list"]
    installation = Installation(call, canister, lambda: chunks.module_of(call, store, hashes))
    installation.assembly_instructions = len(hashes) * chunks.MAX_CHUNK_BYTES
    return installation.begun()


class Installation:
    """One installation: nothing of it is kept unless all of it succeeds, but it is paid for.

    `begun` and `finish` are for one installation after the other; `place` knows nothing but its own canister.
    """

    module: bytes
    installed: InstalledModule
    placed: Instance | Rejection

    def __init__(self, call: ManagementCall, canister: Canister, source: Callable[[], bytes]) -> None:
        self.call = call
        self.canister = canister
        self.record = canister.record
        self.source = source
        self.given = b""
        self.assembly_instructions = 0
        """Each chunk counts as a full one."""
        self.mode, self.options = next(iter(call.argument["mode"].items()))
        self.instructions = 0
        self.building = 0
        """Instructions for putting the module together and compiling it, which comes after pre_upgrade."""
        self.is_64 = False
        """The price of instructions: that of the module which is given, once it is known."""
        self.timer: int | None = None
        self.certified_data: bytes | None = None
        self._before: InstanceState | None = None
        """The canister's state before its pre_upgrade ran."""

    def begun(self) -> "Installation":
        """Check all that can be checked without running anything. Raises Rejection."""
        self._check_cycles()
        try:
            self._check_state()
            self._prepare()
        except Rejection:
            self._charge()
            raise
        self.canister.hold_memory()
        return self

    def _prepare(self) -> None:
        """What is wrong with the module is told only to who gets through the old one's pre_upgrade."""
        try:
            self._build()
        except Rejection:
            old = self.canister.instance
            if old is not None:
                try:
                    self._run_pre_upgrade(old)
                finally:
                    self._go_back()
            self.instructions += self.building
            raise

    def _build(self) -> None:
        self.building += self.assembly_instructions
        self.given = self.source()
        self.module = self._module()
        self.installed = described(self.call.subnet, self.given, self.module)
        self.call.subnet.network.garbage = True
        growth.check_allocation(self.canister, self.module, self.installed, is_upgrade=self.mode == "upgrade")

    def place(self) -> None:
        """Run the entry points; what came of it is told by `finish`."""
        try:
            self.placed = self._place(self.module)
        except Rejection as rejection:
            self.placed = rejection

    def finish(self) -> None:
        """Charge, and keep what succeeded. Raises Rejection."""
        self.canister.release_memory()
        self._charge()
        if isinstance(self.placed, Rejection):
            raise self.placed
        try:
            growth.take_module_room(self.call, self.canister, self.installed, self.placed)
        except Rejection:
            self._discard(self.placed)
            self._go_back()
            raise
        self._keep(self.installed, self.placed)

    def _check_state(self) -> None:
        if self.mode == "install" and self.record.module is not None:
            raise NotEmpty(self.record.canister_id)
        if self._debit():
            raise InstallationTooSoon(self.record.canister_id)
        if self.mode == "upgrade" and self.record.module is None:
            raise NoModule(self.record.canister_id)

    def _debit(self) -> int:
        """Instructions of earlier installations that the rounds since have not made up for."""
        subnet = self.call.subnet
        if subnet.kind.is_free or not subnet.network.config.rate_limiting:
            return 0
        rounds = max(0, self.call.subnet.network.clock.height - self.record.debit_height)
        return max(0, self.record.install_debit - rounds * RATE_LIMIT)

    def _check_cycles(self) -> None:
        fees = self.call.subnet.fees
        frozen = balance.freezing_limit(fees, self.canister)
        needed = frozen + fees.execution(costs.MAX_INSTALL_INSTRUCTIONS, is_64=True)
        if needed > self.record.balance and not self._is_given_64():
            needed = frozen + fees.execution(costs.MAX_INSTALL_INSTRUCTIONS)
        if needed > self.record.balance:
            raise InstallationUnpaid(self.record.canister_id, needed - self.record.balance)

    def _is_given_64(self) -> bool:
        """Whether the module is one with memory64; no for what is none, which is refused later."""
        try:
            module = gunzipped(self.source())
        except Rejection:
            return False
        return isinstance(module, bytes) and looks_64(module)

    def _module(self) -> bytes:
        self._check_option_is_given()
        module = gunzipped(self.given)
        if isinstance(module, ExecutionError):
            raise self._failed(module)
        self.is_64 = looks_64(module)
        refusal = self.call.subnet.network.executor.validate(module, was_compressed=module is not self.given)
        if refusal is not None:
            self.building += compilation.PER_REFUSED_BYTE * len(module)
            raise self._failed(refusal)
        if self._persistence() == "keep" and not is_persistent(module):
            raise ContractViolation(
                "Invalid upgrade option: The `wasm_memory_persistence: opt Keep` upgrade option requires that the new "
                "canister module supports enhanced orthogonal persistence."
            )
        self.building += compilation.instructions(self.call.subnet, module)
        return module

    def _check_option_is_given(self) -> None:
        installed = self.record.module if self.mode == "upgrade" and self._persistence() is None else None
        if installed and is_persistent(self.call.subnet.network.blobs[installed.blob]):
            raise ContractViolation(
                "Missing upgrade option: Enhanced orthogonal persistence requires the `wasm_memory_persistence` "
                "upgrade option."
            )

    def _persistence(self) -> str | None:
        given = self.options["wasm_memory_persistence"] if self.options else None
        return next(iter(given)) if given else None

    # running the entry points

    def _place(self, module: bytes) -> Instance:
        if self.mode == "upgrade":
            return self._upgraded(module)
        self.instructions += self.building
        instance = self._instantiate(module, None)
        self.record.log.clear()
        self._enter(instance, Entry.START)
        self._enter(instance, Entry.INIT, self.call.argument["arg"])
        return instance

    def _upgraded(self, module: bytes) -> Instance:
        old = self.canister.instance
        if old is None:
            raise NoModule(self.record.canister_id)
        try:
            self._run_pre_upgrade(old)
            self.instructions += self.building
            return self._post_upgraded(old, module)
        except ExecutionFailed:
            self._go_back()
            raise

    def _run_pre_upgrade(self, old: Instance) -> None:
        """What the old module has to say to an upgrade, if anything. Raises ExecutionFailed."""
        is_skipped = bool(self.options and self.options["skip_pre_upgrade"])
        if self.mode == "upgrade" and not is_skipped and "canister_pre_upgrade" in self.canister.exports:
            self._before = old.dump()
            self._enter(old, Entry.PRE_UPGRADE)

    def _go_back(self) -> None:
        """Undo what pre_upgrade did, if it ran."""
        installed = self.record.module
        if self._before is not None and installed is not None:
            network = self.call.subnet.network
            self.canister.place(network.executor.restore(network.blobs[installed.blob], self._before))

    def _post_upgraded(self, old: Instance, module: bytes) -> Instance:
        state = old.dump()
        instance = self._instantiate(module, state.stable)
        if self._persistence() == "keep":
            instance = self._with_heap(instance, state, module)
        self._enter(instance, Entry.START)
        self._enter(instance, Entry.POST_UPGRADE, self.call.argument["arg"])
        return instance

    def _with_heap(self, fresh: Instance, kept: InstanceState, module: bytes) -> Instance:
        """The module as it was instantiated, but over the kept heap; the heap is at least what the module declares."""
        state = fresh.dump()
        fresh.close()
        heap = kept.heap.ljust(len(state.heap), b"\0")
        try:
            return self.call.subnet.network.executor.restore(module, InstanceState(heap, kept.stable, state.globals))
        except ValueError:
            error = engine_error("Failed to instantiate module: the kept memory is larger than the module's maximum")
            raise self._failed(error.error()) from None

    def _instantiate(self, module: bytes, stable: bytes | None) -> Instance:
        try:
            return self.call.subnet.network.executor.instantiate(module, stable=stable)
        except ModuleRefused as refused:
            raise self._failed(refused.error) from None

    def _enter(self, instance: Instance, entry: Entry, arg: bytes = b"") -> None:
        outcome = instance.execute(self._request(entry, arg))
        if outcome.error is not None and not self.call.subnet.network.config.backtraces:
            outcome.error = replace(outcome.error, backtrace="")
        self.instructions += outcome.instructions
        for line in outcome.logs:
            self.record.log.append(self.call.now_ns, line)
        if outcome.error is not None:
            trapped = trap_line(outcome.error)
            if trapped is not None:
                self.record.log.append(self.call.now_ns, trapped)
            self._discard(instance)
            raise self._failed(outcome.error)
        instance.commit()
        if outcome.timer is not None and entry is not Entry.PRE_UPGRADE:
            self.timer = outcome.timer
        if outcome.certified_data is not None:
            self.certified_data = outcome.certified_data

    def _discard(self, instance: Instance) -> None:
        if instance is not self.canister.instance:
            instance.close()

    def _request(self, entry: Entry, arg: bytes) -> Request:
        """An upgrade's old module runs as it stands; a new one has its own width and the next version."""
        subnet = self.call.subnet
        request = request_of(subnet, self.canister, entry, self.call.now_ns)
        if entry is not Entry.PRE_UPGRADE:
            request.canister_version += 1
            request.costs = costs.PublishedCosts(subnet.fees, self.is_64)
        request.caller, request.arg = self.call.sender, arg
        request.wasm_memory_limit = self.record.settings.wasm_memory_limit
        request.allocate_memory = memory.growth_check(subnet, self.canister, entry, self.call.sender)
        request.instruction_limit = max(1, self._limit() - self.instructions)
        return request

    def _limit(self) -> int:
        """Instructions of the whole installation."""
        return self.call.subnet.limits.install or costs.MAX_INSTALL_INSTRUCTIONS

    def _failed(self, error: ExecutionError) -> ExecutionFailed:
        return ExecutionFailed(self.record.canister_id, error)

    # settling

    def _charge(self) -> None:
        self.call.instructions = self.instructions
        self.record.install_debit = self._debit() + self.instructions
        self.record.debit_height = self.call.subnet.network.clock.height + max(0, self.instructions - 1) // RATE_LIMIT
        self.record.balance -= self.call.subnet.fees.execution(self.instructions, is_64=self.is_64)

    def _keep(self, installed: InstalledModule, instance: Instance) -> None:
        record = self.record
        record.module = installed
        self.canister.place(instance)
        record.global_timer = self.timer or 0
        if self.mode == "reinstall":
            record.certified_data = b""
        if self.certified_data is not None:
            record.certified_data = self.certified_data
        record.version += 1
        details: dict[str, Any] = {"code_deployment": {"mode": {self.mode: None}, "module_hash": installed.module_hash}}
        self.call.record_change(self.canister, details)
        self.call.subnet.watch(self.canister)
