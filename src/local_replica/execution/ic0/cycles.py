"""Cycles: balance, accepting, attaching, burning."""

from local_replica.execution.failures import Failure, contract_violation, trapped
from local_replica.execution.ic0.state import CallInPreparation, CallState
from local_replica.printing import text

_MINTING_CANISTER = "rkp4c-7iaaa-aaaaa-aaaca-cai"
_MAX_64 = (1 << 64) - 1


class CycleCalls(CallState):
    """Amounts are unsigned 128 bit; the 64-bit calls trap where one does not fit."""

    def _in_64_bits(self, amount: int) -> int:
        if amount > _MAX_64:
            raise trapped("cycles amount exceeds 64-bit representation")
        return amount

    def canister_cycle_balance(self) -> int:
        return self._in_64_bits(self.outcome.balance)

    def canister_cycle_balance128(self, dst: int) -> None:
        self.write_cycles("canister_cycle_balance128", dst, self.outcome.balance)

    def canister_liquid_cycle_balance128(self, dst: int) -> None:
        self.write_cycles("canister_liquid_cycle_balance128", dst, self._liquid())

    def _liquid(self) -> int:
        return max(0, self.outcome.balance - self.request.freezing_limit)

    def _available(self) -> int:
        return self.request.available - self.outcome.accepted

    def msg_cycles_available(self) -> int:
        return self._in_64_bits(self._available())

    def msg_cycles_available128(self, dst: int) -> None:
        self.write_cycles("msg_cycles_available128", dst, self._available())

    def msg_cycles_refunded(self) -> int:
        return self._in_64_bits(self.request.refunded)

    def msg_cycles_refunded128(self, dst: int) -> None:
        self.write_cycles("msg_cycles_refunded128", dst, self.request.refunded)

    def _accept(self, most: int) -> int:
        amount = min(most, self._available())
        self.outcome.accepted += amount
        self.outcome.balance += amount
        return amount

    def msg_cycles_accept(self, most: int) -> int:
        return self._accept(most)

    def msg_cycles_accept128(self, high: int, low: int, dst: int) -> None:
        self.write_cycles("msg_cycles_accept128", dst, self._accept(high << 64 | low))

    def _attach(self, name: str, amount: int) -> None:
        call: CallInPreparation | None = self.call
        if call is None:
            raise contract_violation(f"{name} called when no call is under construction.")
        if amount > self._liquid():
            raise Failure(
                "CanisterContractViolation",
                f"Canister {text(self.request.canister_id)} is out of cycles",
            )
        call.cycles += amount
        self.outcome.balance -= amount

    def call_cycles_add(self, amount: int) -> None:
        self._attach("ic0_call_cycles_add", amount)

    def call_cycles_add128(self, high: int, low: int) -> None:
        self._attach("ic0_call_cycles_add128", high << 64 | low)

    def cycles_burn128(self, high: int, low: int, dst: int) -> None:
        amount = min(high << 64 | low, self._liquid())
        self.write_cycles("cycles_burn128", dst, amount)
        self.outcome.balance -= amount
        self.outcome.burned += amount

    def mint_cycles128(self, _high: int, _low: int, _dst: int) -> None:
        raise contract_violation(
            "ic0.mint_cycles128 cannot be executed on non Cycles Minting Canister: "
            f"{text(self.request.canister_id)} != {_MINTING_CANISTER}"
        )
