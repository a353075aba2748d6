"""Replays transcripts on the native host."""

from candid.principal import Principal
from canister_runtime.host.native import NativeCanister, NativeNetwork, Rejected
from canister_runtime.host.native.message import Answer
from canister_runtime.host.native.network import Pending
from support.transcripts import TRANSCRIPTS, Outcome

_NOT_EMPTY = (
    "Canister {} cannot be installed because the canister is not empty. Try installing with mode='reinstall' instead"
)


class NativeDriver:
    """One native network; stopping canisters is the network's own doing."""

    def __init__(self) -> None:
        self._network = NativeNetwork()
        self._canisters: dict[str, NativeCanister] = {}
        self._cycles: dict[str, int] = {}
        self._ids: dict[str, bytes] = {}

    def create(self, label: str, cycles: int) -> bytes:
        canister_id = self._network.new_id()
        self._ids[label], self._cycles[label] = canister_id, cycles
        return canister_id

    def install(self, label: str, module: str, mode: str, argument: bytes, sender: bytes) -> Outcome:
        canister = self._canister(label, module)
        if mode == "install" and canister.installed:
            return Outcome(reject=(5, _NOT_EMPTY.format(canister.id)))
        try:
            if mode == "upgrade":
                canister.upgrade_raw(argument, caller=Principal(sender))
            else:
                canister.install_raw(argument, caller=Principal(sender))
        except Rejected as rejected:
            return Outcome(reject=(rejected.code, rejected.message))
        return Outcome()

    def _canister(self, label: str, module: str) -> NativeCanister:
        if label not in self._canisters:
            source = TRANSCRIPTS / module
            canister = NativeCanister(source, self._network, self._ids[label], self._cycles[label])
            canister.system.certificate = b"\xd9\xd9\xf7" + bytes(300)
            self._canisters[label] = canister
            self._network.add(canister)
        return self._canisters[label]

    def query(self, label: str, method: str, argument: bytes, sender: bytes) -> Outcome:
        return _outcome(self._network.query(self._canisters[label], method, argument, sender))

    def submit(self, label: str, method: str, argument: bytes, sender: bytes) -> Pending:
        return self._network.submit(self._canisters[label], method, argument, sender)

    def wait(self, submitted: Pending) -> Outcome:
        self._network.run()
        return _outcome(submitted.answer or Answer(reject=(5, "no answer")))

    def manage(self, label: str, action: str, sender: bytes) -> Outcome:
        canister = self._canisters[label]
        {"stop": canister.stop, "start": canister.start, "uninstall": canister.uninstall}[action]()
        return Outcome()

    def tick(self, rounds: int) -> None:
        self._network.tick(rounds)

    def advance(self, seconds: float) -> None:
        self._network.advance(seconds, rounds=0)


def _outcome(answer: Answer) -> Outcome:
    return Outcome(reject=answer.reject) if answer.reject is not None else Outcome(reply=answer.reply)
