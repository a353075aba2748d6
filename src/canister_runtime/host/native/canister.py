"""A canister loaded from its source into the test process."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from candid.codec import encode
from candid.decoder import Decoder
from candid.principal import Principal, from_text, to_text
from candid.types import Type
from canister_runtime.host.boot import start_on
from canister_runtime.host.canister import Canister
from canister_runtime.host.failures import Trapped, describe
from canister_runtime.host.native.errors import Rejected
from canister_runtime.host.native.message import DROPPED, Answer, Message, Mode
from canister_runtime.host.native.modules import ModuleSet
from canister_runtime.host.native.network import NativeNetwork
from canister_runtime.host.native.readings import reading_of
from canister_runtime.host.native.system import FakeSystemApi
from canister_runtime.host.native.undo import Undo
from canister_runtime.source.exports import export_names
from canister_runtime.source.model import CanisterModel, Hook

ANONYMOUS = Principal(b"\x04")


class NativeCanister:
    """One installed canister. Values are those of the `candid` package: records are dicts, principals its own class."""

    def __init__(self, source: Path, network: NativeNetwork, canister_id: bytes, cycles: int) -> None:
        reading = reading_of(source)
        if reading.model is None:
            raise ValueError("\n".join(str(problem) for problem in reading.problems))
        self.model: CanisterModel = reading.model
        self.network = network
        self.system = FakeSystemApi(canister_id, cycles=cycles)
        self.system.now = network.now
        self._folder = source if source.is_dir() else source.parent
        self._names = [module.name for module in reading.bundle.modules]
        self._exports = {name: index for index, name in enumerate(export_names(self.model))}
        self._methods = {method.name: method for method in self.model.methods}
        self._env: dict[str, Type] = dict(self.model.types)
        self._life: tuple[ModuleSet, Canister] | None = None

    @classmethod
    def load(
        cls,
        source: Path,
        *args: Any,
        network: NativeNetwork | None = None,
        caller: Principal | str = ANONYMOUS,
        cycles: int = 10**16,
    ) -> "NativeCanister":
        """Create a canister on `network` (or on one of its own) and install the source with init arguments `args`.

        `source`: the folder with `main.py`, or the entry file. Raises ValueError for a source that the checker
        refuses, and Rejected when init traps.
        """
        network = network or NativeNetwork()
        canister = cls(source, network, network.new_id(), cycles)
        network.add(canister)
        canister.install(*args, caller=caller)
        return canister

    @property
    def id(self) -> Principal:
        return Principal(self.system.canister_id)

    def update(self, method: str, *args: Any, caller: Principal | str = ANONYMOUS) -> Any:
        """Call a method as an update, run the network until it has answered, and return the reply's value.

        Raises Rejected.
        """
        return self.decode_reply(method, self.update_raw(method, self.encode_arguments(method, args), caller=caller))

    def query(self, method: str, *args: Any, caller: Principal | str = ANONYMOUS) -> Any:
        """Call a query or composite query, not replicated, and return the reply's value. Raises Rejected."""
        return self.decode_reply(method, self.query_raw(method, self.encode_arguments(method, args), caller=caller))

    def update_raw(self, method: str, argument: bytes, *, caller: Principal | str = ANONYMOUS) -> bytes:
        """As `update`, with and to Candid bytes."""
        return _reply(self.network.ingress(self, method, argument, principal_bytes(caller)))

    def query_raw(self, method: str, argument: bytes, *, caller: Principal | str = ANONYMOUS) -> bytes:
        """As `query`, with and to Candid bytes."""
        return _reply(self.network.query(self, method, argument, principal_bytes(caller)))

    def install(self, *args: Any, caller: Principal | str = ANONYMOUS) -> None:
        """Install or reinstall: stable memory and heap are new. Raises Rejected; then the former life goes on."""
        self.install_raw(self._hook_argument("init", args), caller=caller)

    def upgrade(self, *args: Any, caller: Principal | str = ANONYMOUS) -> None:
        """Run pre_upgrade, load the source anew, run post_upgrade. Raises Rejected; then the former life goes on."""
        self.upgrade_raw(self._hook_argument("post_upgrade", args), caller=caller)

    @property
    def installed(self) -> bool:
        return self._life is not None

    def stop(self) -> None:
        """Refuse messages until `start`; timers wait."""
        self.system.status = 3

    def start(self) -> None:
        self.system.status = 1

    def uninstall(self) -> None:
        """Remove code and state; the id and the cycles stay."""
        self._life = None
        self.system.stable.clear()
        self.system.timer = 0
        self.system.version += 1

    def install_raw(self, argument: bytes, *, caller: Principal | str = ANONYMOUS) -> None:
        message = Message("init", principal_bytes(caller), argument)
        self._replace(message, "canister_init", keep_stable=False)

    def upgrade_raw(self, argument: bytes, *, caller: Principal | str = ANONYMOUS) -> None:
        former = self._life
        undo = self.remember()
        if "canister_pre_upgrade" in self._exports:
            self._check(self.execute(Message("pre_upgrade", principal_bytes(caller)), "canister_pre_upgrade"))
        try:
            message = Message("post_upgrade", principal_bytes(caller), argument)
            self._replace(message, "canister_post_upgrade", keep_stable=True)
        except Rejected:
            self._life = former
            undo.restore()
            raise

    def encode_arguments(self, method: str, args: Sequence[Any]) -> bytes:
        """The Candid message of a method's arguments."""
        return encode([parameter.type for parameter in self._methods[method].parameters], list(args), self._env)

    def decode_reply(self, method: str, reply: bytes) -> Any:
        """The value in a method's reply; None for void."""
        result = self._methods[method].result
        return None if result is None else Decoder([result], self._env)(reply)[0]

    def module(self, name: str) -> ModuleType:
        """This canister's own copy of a module of its bundle."""
        return self._life_modules()[name]

    def exports(self, name: str) -> bool:
        """Whether the installed module has this export, as `canister_query x`."""
        return self._life is not None and name in self._exports

    def execute(self, message: Message, export: str, *, keep: bool = False) -> Message:
        """Run an export; changes are taken back after a trap, and after a query unless `keep`."""
        return self.run(message, lambda: self._host().dispatch(self._exports[export]), keep=keep)

    def callback(self, message: Message, environment: int, outcome: int, *, keep: bool = False) -> Message:
        """Run the callback of a call."""
        return self.run(message, lambda: self._host().callback(environment, outcome), keep=keep)

    def run(self, message: Message, action: Callable[[], None], *, keep: bool = False) -> Message:
        """Run something of the canister's as one message, all of it or nothing."""
        undo = self.remember()
        self._carry_out(message, action)
        if message.trap is not None or (message.mode in DROPPED and not keep):
            undo.restore()
        return message

    def _carry_out(self, message: Message, action: Callable[[], None]) -> None:
        self.system.message = message
        try:
            if self._life is None:
                action()
            else:
                with self._life[0].active():
                    action()
        except Trapped:
            pass
        except BaseException as error:  # noqa: BLE001 - whatever a canister raises is a trap of that canister
            message.error = error
            if message.trap is None:
                message.trap = f"Canister called `ic0.trap` with message: '{describe(error)}'"

    def _life_modules(self) -> dict[str, ModuleType]:
        return {} if self._life is None else {module.__name__: module for module in self._life[0].own}

    def _host(self) -> Canister:
        if self._life is None:
            raise Trapped
        return self._life[1]

    def _replace(self, message: Message, export: str, *, keep_stable: bool) -> None:
        former, undo = self._life, self.remember()
        self._life = None
        if not keep_stable:
            self.system.stable.clear()
        self.system.timer = 0
        self.system.version += 1
        self._carry_out(message, self._begin_life)
        if message.trap is None:
            self._carry_out(message, lambda: self._host().dispatch(self._exports[export]))
        if message.trap is not None:
            self._life = former
            undo.restore()
            self._check(message)

    def _begin_life(self) -> None:
        modules = ModuleSet(self._names, self._folder)
        with modules.active():
            host = start_on(self.model, self.system)
        self._life = (modules, host)

    def remember(self) -> Undo:
        """The present state, to be returned to."""
        return Undo(self.system, self._life)

    def _check(self, message: Message) -> None:
        if message.trap is not None:
            raise Rejected(
                5, f"Error from Canister {to_text(self.system.canister_id)}: {message.trap}"
            ) from message.error

    def _hook_argument(self, kind: str, args: Sequence[Any]) -> bytes:
        hooks: dict[str, Hook] = {hook.kind: hook for hook in self.model.hooks}
        parameters = hooks[kind].parameters if kind in hooks else ()
        return encode([parameter.type for parameter in parameters], list(args), self._env)


def principal_bytes(principal: Principal | str) -> bytes:
    """A principal's bytes, from its text or itself."""
    return from_text(principal) if isinstance(principal, str) else principal.bytes


def _reply(answer: Answer) -> bytes:
    if answer.reject is not None:
        raise Rejected(*answer.reject) from answer.error
    return answer.reply


__all__ = ["ANONYMOUS", "Mode", "NativeCanister", "principal_bytes"]
