"""One canister's host: its parts, made before its source is imported and wired to its functions afterwards."""

import sys
from collections.abc import Mapping
from types import FrameType, ModuleType
from typing import Any

from candid.principal import to_text
from candid.types import Named, Primitive, Type
from canister_runtime.host.calls import Calls, Outgoing, ServiceCall
from canister_runtime.host.entries import Entry, EntryCompiler
from canister_runtime.host.ic_object import IcObject
from canister_runtime.host.maps import Maps
from canister_runtime.host.native_awaits import begin_incarnation, native_awaits
from canister_runtime.host.native_principals import native_principals, principal_maker
from canister_runtime.host.principals import principal_reader
from canister_runtime.host.scalars import checked_text
from canister_runtime.host.signature import Codec
from canister_runtime.host.timers import Timers
from canister_runtime.source.exports import TIMER_EXECUTOR, export_names
from canister_runtime.source.model import CanisterModel, ServiceClass
from canister_runtime.system_api import SystemApi

_HOST = "canister_runtime.host."
_RAW_RAND = "raw_rand"
_TEXTS_KEPT = 512
_SEED_RETRY = 60
"""Seconds until `raw_rand` is asked again after it failed."""
_EMPTY_ARGUMENTS = b"DIDL\x00\x00"


class Canister:
    """The host's side of a canister: `dispatch`, `callback` and the object that `kybra` calls."""

    def __init__(self, system: SystemApi, kybra: ModuleType) -> None:
        self._system = system
        self._kybra = kybra
        self._principal_class = kybra.Principal
        self._calls = Calls(system, principal_reader(kybra.Principal), kybra.CallResult)
        self._timers = Timers(system, self._calls)
        self.entries: tuple[Entry, ...] = ()
        self._replies: dict[str, Any] = {}
        self._maps: Maps | None = None
        self.ic_object = IcObject(
            system,
            principal_maker(kybra.Principal),
            self._calls,
            self._timers,
            self._reply,
            candid_error=kybra.CandidError,
        )
        self.callback = self._calls.callback
        _speed_up(kybra.Principal)
        vars(kybra).update(_kybra_ic=self.ic_object, get_first_called_function_name=first_called_function_name)

    def wire(self, model: CanisterModel, scope: Mapping[str, Any]) -> None:
        """Compile everything that `model` declares over the functions in `scope`."""
        env = dict(model.types)
        codec = Codec(env, self._principal_class, scope)
        self._maps = Maps(self._system, codec, env, model.maps)
        self.ic_object.add_maps(self._maps)
        entries = EntryCompiler(self._system, codec, self._calls, scope)
        for service in model.services:
            self._calls.services.update(_service_calls(service, codec))
        native_awaits(self._calls, self._kybra)
        self.ic_object.add_notifications(self._calls.services)
        self._replies = {method.name: codec.result_encoder(method.result) for method in model.methods if method.manual}
        self.entries = self._wire_exports(model, entries)

    def shorten_maps(self) -> None:
        """Leave out Kybra's functions between the canister and its maps, where those are in C."""
        if self._maps is not None:
            self._maps.stand_in(self._kybra.StableBTreeMap)

    @property
    def state(self) -> tuple[Any, ...]:
        """What of the host changes from message to message, for a native canister's rollback."""
        return (self._calls, self._timers, self._maps)

    def dispatch(self, index: int) -> None:
        """Run the export at `index` of `export_names(model)`."""
        self.entries[index]()

    def _wire_exports(self, model: CanisterModel, entries: EntryCompiler) -> tuple[Entry, ...]:
        wired = {f"canister_{method.mode} {method.name}": entries.method(method) for method in model.methods}
        hooks: dict[str, Entry] = {hook.kind: entries.hook(hook) for hook in model.hooks}
        wired |= {f"canister_{kind}": entry for kind, entry in hooks.items()}
        wired["canister_init"] = self._beginning(hooks.get("init"))
        wired["canister_post_upgrade"] = self._beginning(hooks.get("post_upgrade"))
        wired["canister_global_timer"] = self._timers.global_timer
        wired[f"canister_update {TIMER_EXECUTOR}"] = self._timers.execute
        return tuple(wired[name] for name in export_names(model))

    def _beginning(self, hook: Entry | None) -> Entry:
        """Init or post_upgrade: a new incarnation, the canister's own function, then the seed for `random`."""

        def begin() -> None:
            version = self._system.canister_version()
            self._calls.begin_incarnation(version)
            begin_incarnation(version)
            if hook is not None:
                hook()
            self._timers.soon(self._ask_for_seed)

        return begin

    def _ask_for_seed(self) -> None:
        call = Outgoing(b"", _RAW_RAND, _EMPTY_ARGUMENTS, 0, _randomness, "blob")
        if not self._calls.send(call, self._seed):
            self._timers.set(_SEED_RETRY, self._ask_for_seed)

    def _seed(self, result: Any) -> None:
        if result.Err is None:
            self._system.seed_random(result.Ok)
        else:
            self._system.debug_print(f"random is not seeded: {result.Err}")
            self._timers.set(_SEED_RETRY, self._ask_for_seed)

    def _reply(self, method: Any, value: Any) -> None:
        encode = self._replies.get(checked_text(method))
        if encode is None:
            raise SystemError(f'attempted to reply from "{method}", but it does not appear to be a canister method')
        self._system.msg_reply_data_append(encode(value))
        self._system.msg_reply()


def _speed_up(principal_class: Any) -> None:
    """Texts of principals in C; without it, remember recent ones and fill the tables of `from_str` while imaging."""
    if native_principals(principal_class):
        return
    texts: dict[bytes, str] = {}

    def to_str(principal: Any) -> str:
        raw = principal.bytes
        text = texts.get(raw)
        if text is None:
            if len(texts) >= _TEXTS_KEPT:
                texts.clear()
            text = texts[raw] = to_text(raw)
        return text

    principal_class.to_str = to_str
    principal_class.from_str("aaaaa-aa")


def first_called_function_name() -> str:
    """The name of the canister's function that the host called: where Kybra looks at the bottom of the stack."""
    frame: FrameType = sys._getframe(1)  # noqa: SLF001 - as kybra's own, which this replaces
    while frame.f_back is not None and not _is_host(frame.f_back):
        frame = frame.f_back
    return frame.f_code.co_name


def _is_host(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith(_HOST)


def _service_calls(service: ServiceClass, codec: Codec) -> dict[str, ServiceCall]:
    return {
        f"{service.name}_{method.name}": ServiceCall(
            method.name,
            len(method.parameters),
            codec.encoder(tuple(parameter.type for parameter in method.parameters)),
            codec.result_decoder(method.result),
            _type_name(method.result),
            f"{service.name}.{method.name}",
            codec.plan(tuple(parameter.type for parameter in method.parameters)),
            codec.plan(() if method.result is None else (method.result,)),
        )
        for method in service.methods
    }


def _type_name(result: Type | None) -> str:
    """A short name of a result's type, for the text of a reply that does not decode."""
    return result.name if isinstance(result, (Primitive, Named)) else type(result).__name__.lower()


def _randomness(message: bytes) -> bytes:
    """The 32 bytes at the end of `raw_rand`'s reply, `(blob)`."""
    return message[-32:]
