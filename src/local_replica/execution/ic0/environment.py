"""The canister and its surroundings: identity, time, certified data, environment variables, costs, logs."""

from local_replica.execution.contexts import REPLICATED, mode
from local_replica.execution.failures import (
    CERTIFIED_DATA_TOO_LARGE,
    NOT_UTF8_VARIABLE,
    Failure,
    called_trap,
    contract_violation,
    invalid_principal,
    wrong_mode,
)
from local_replica.execution.ic0.calls import MAX_PRINCIPAL
from local_replica.execution.ic0.log_room import LogRoom
from local_replica.execution.ic0.state import CallState

MAX_CERTIFIED_DATA = 32
MAX_VARIABLE_NAME = 100
"""Bytes of an environment variable's name that a canister may ask by; the settings take 128."""
MAX_TRAP_MESSAGE = 32 * 1024


class EnvironmentCalls(CallState):
    """System calls that neither answer nor call."""

    def canister_self_size(self) -> int:
        return len(self.request.canister_id)

    def canister_self_copy(self, dst: int, offset: int, size: int) -> None:
        self.copy_out("canister_self_copy", "id", self.request.canister_id, dst, offset, size)

    def subnet_self_size(self) -> int:
        return len(self.request.subnet_id)

    def subnet_self_copy(self, dst: int, offset: int, size: int) -> None:
        self.copy_out("subnet_self_copy", "id", self.request.subnet_id, dst, offset, size)

    def root_key_size(self) -> int:
        return len(self.request.root_key)

    def root_key_copy(self, dst: int, offset: int, size: int) -> None:
        self.copy_out("root_key_copy", "bytes", self.request.root_key, dst, offset, size)

    def canister_status(self) -> int:
        return self.request.status

    def canister_version(self) -> int:
        return self.request.canister_version

    def time(self) -> int:
        return self.request.time

    def global_timer_set(self, timestamp: int) -> int:
        previous = self.request.global_timer if self.outcome.timer is None else self.outcome.timer
        self.outcome.timer = timestamp
        return previous

    def performance_counter(self, kind: int) -> int:
        if kind > 1:
            raise contract_violation(f"Error getting performance counter type {kind}", "")
        return self.used() + self.read_rest() + (self.request.call_context_instructions if kind else 0)

    def is_controller(self, src: int, size: int) -> int:
        principal = self.read_heap("ic0.is_controller", src, size)
        if size > MAX_PRINCIPAL:
            raise invalid_principal()
        return int(principal in self.request.controllers)

    def in_replicated_execution(self) -> int:
        return int(self.request.entry in REPLICATED)

    def certified_data_set(self, src: int, size: int) -> None:
        if size > MAX_CERTIFIED_DATA:
            raise contract_violation(
                "ic0_certified_data_set failed because the passed data must be no larger than "
                f"{MAX_CERTIFIED_DATA} bytes. Found {size} bytes",
                CERTIFIED_DATA_TOO_LARGE,
            )
        self.check_range("ic0_certified_data_set", "src", src, size, self.heap_size())
        self.outcome.certified_data = self.read_heap("ic0_certified_data_set", src, size)

    def data_certificate_present(self) -> int:
        return int("data_certificate_size" in self.permitted and self.request.certificate is not None)

    def _certificate(self, name: str) -> bytes:
        if self.request.certificate is None:
            raise wrong_mode(f"ic0_{name}", mode(self.request.entry))
        return self.request.certificate

    def data_certificate_size(self) -> int:
        return len(self._certificate("data_certificate_size"))

    def data_certificate_copy(self, dst: int, offset: int, size: int) -> None:
        certificate = self._certificate("data_certificate_copy")
        self.check_range("ic0_data_certificate_copy", "offset", offset, size, len(certificate))
        self.check_range("ic0_data_certificate_copy", "dst", dst, size, self.heap_size())
        self.copy_out("data_certificate_copy", "certificate", certificate, dst, offset, size)

    def env_var_count(self) -> int:
        return len(self.request.environment_variables)

    def _variable_name(self, index: int) -> bytes:
        variables = self.request.environment_variables
        if index >= len(variables):
            raise Failure(
                "CanisterContractViolation",
                f"Environment variable index {index} is out of bounds. The number of environment variables is "
                f"{len(variables)}.",
            )
        return variables[index][0].encode()

    def env_var_name_size(self, index: int) -> int:
        return len(self._variable_name(index))

    def env_var_name_copy(self, index: int, dst: int, offset: int, size: int) -> None:
        self.copy_out("env_var_name_copy", "name", self._variable_name(index), dst, offset, size)

    def _variable(self, src: int, size: int, function: str, part: str) -> tuple[str, str | None]:
        if size > MAX_VARIABLE_NAME:
            raise contract_violation(f"ic0.{function}: Variable name is too large.", "")
        given = self.read_heap(f"ic0.{function} {part}", src, size)
        try:
            name = given.decode()
        except UnicodeDecodeError as error:
            told = f"ic0.{function}: Variable name is not a valid UTF-8 string."
            raise contract_violation(told, NOT_UTF8_VARIABLE) from error
        return name, dict(self.request.environment_variables).get(name)

    def env_var_name_exists(self, src: int, size: int) -> int:
        return int(self._variable(src, size, "env_var_name_exists", "heap")[1] is not None)

    def _variable_value(self, src: int, size: int, function: str, part: str) -> bytes:
        name, value = self._variable(src, size, function, part)
        if value is None:
            raise Failure("CanisterContractViolation", f"Environment variable {name} not found.")
        return value.encode()

    def env_var_value_size(self, src: int, size: int) -> int:
        return len(self._variable_value(src, size, "env_var_value_size", "heap"))

    def env_var_value_copy(self, name_src: int, name_size: int, dst: int, offset: int, size: int) -> None:
        value = self._variable_value(name_src, name_size, "env_var_value_copy", "name")
        self.copy_out("env_var_value_copy", "value", value, dst, offset, size)

    def cost_call(self, name_size: int, payload_size: int, dst: int) -> None:
        costs = self.request.costs
        self.write_cycles("cost_call", dst, costs.call(name_size, payload_size) if costs else 0)

    def cost_create_canister(self, dst: int) -> None:
        costs = self.request.costs
        self.write_cycles("cost_create_canister", dst, costs.create_canister() if costs else 0)

    def cost_http_request(self, request_size: int, most_response: int, dst: int) -> None:
        costs = self.request.costs
        amount = costs.http_request(request_size, most_response) if costs else 0
        self.write_cycles("cost_http_request", dst, amount)

    def cost_sign_with_ecdsa(self, src: int, size: int, curve: int, dst: int) -> int:
        return self._signing_cost("cost_sign_with_ecdsa", src, size, curve, dst)

    def cost_sign_with_schnorr(self, src: int, size: int, algorithm: int, dst: int) -> int:
        return self._signing_cost("cost_sign_with_schnorr", src, size, algorithm, dst)

    def cost_vetkd_derive_key(self, src: int, size: int, curve: int, dst: int) -> int:
        return self._signing_cost("cost_vetkd_derive_key", src, size, curve, dst)

    def _signing_cost(self, name: str, src: int, size: int, kind: int, dst: int) -> int:
        given = self.read_heap(f"ic0.{name} heap", src, size)
        try:
            key_name = given.decode()
        except UnicodeDecodeError as error:
            raise contract_violation(f"Failed to decode key name {given.decode(errors='replace')}") from error
        amount = 0
        if self.request.costs:
            try:
                amount = getattr(self.request.costs, name.removeprefix("cost_"))(key_name, kind)
            except LookupError as error:
                return int(error.args[0])
        self.write_cycles(name, dst, amount)
        return 0

    def _log_room(self) -> LogRoom:
        self.log_room = self.log_room or LogRoom()
        return self.log_room

    def debug_print(self, src: int, size: int) -> None:
        room = self._log_room()
        self.charge(room.cost(size))
        line = b"(debug_print message out of memory bounds)"
        if self.has_heap(src + size):
            line = self.read_heap("ic0.debug_print", src, size)
        room.add(len(line))
        self.outcome.logs.append(line)

    def trap(self, src: int, size: int) -> None:
        self.charge(self._log_room().cost(size))
        told = min(size, MAX_TRAP_MESSAGE)
        message = "(trap message out of memory bounds)"
        if self.has_heap(src + told):
            message = self.read_heap("ic0.trap", src, told).decode(errors="replace")
        raise called_trap(message)
