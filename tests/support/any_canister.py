"""Any module on a PocketIC server, by the unmodified client, called through the interface that it came with."""

from base64 import b64encode
from typing import Any

import ic
from pocket_ic import PocketIC

import candid
from candid import did
from candid.types import BLOB, BOOL, NULL, PRINCIPAL, Field, Opt, Record, Type, Variant

CYCLES = 10**14


def _record(**fields: Type) -> Record:
    return Record(tuple(Field(name, type_) for name, type_ in fields.items()))


def _variant(**fields: Type) -> Variant:
    return Variant(tuple(Field(name, type_) for name, type_ in fields.items()))


_UPGRADE_OPTIONS = _record(skip_pre_upgrade=Opt(BOOL), wasm_memory_persistence=Opt(_variant(keep=NULL, replace=NULL)))
_INSTALL = _record(
    mode=_variant(install=NULL, reinstall=NULL, upgrade=Opt(_UPGRADE_OPTIONS)),
    canister_id=PRINCIPAL,
    wasm_module=BLOB,
    arg=BLOB,
)
KEEP_MEMORY = {"upgrade": {"skip_pre_upgrade": None, "wasm_memory_persistence": {"keep": None}}}
"""How Motoko's enhanced orthogonal persistence wants to be upgraded."""


class AnyCanister:
    """One canister with its interface; values are those of the `candid` package."""

    def __init__(self, pic: PocketIC, canister_id: candid.Principal, interface: str) -> None:
        self.pic = pic
        self.id = canister_id
        self._interface = did.parse(interface)

    def update(self, method: str, *args: Any) -> Any:
        """Call as an update. Raises ValueError for a reject or trap, with its text."""
        return self._call(self.pic.update_call, method, args)

    def query(self, method: str, *args: Any) -> Any:
        """Call as a query. Raises ValueError for a reject or trap, with its text."""
        return self._call(self.pic.query_call, method, args)

    def _call(self, send: Any, method: str, args: tuple[Any, ...]) -> Any:
        function = self._interface.methods()[method]
        argument = candid.encode(list(function.args), list(args), self._interface.env)
        reply = bytes(send(ic.Principal(self.id.bytes), method, argument))
        values = candid.decode(list(function.results), reply, self._interface.env)
        return values[0] if len(values) == 1 else tuple(values)

    def install(self, module: bytes, mode: dict[str, Any], *args: Any) -> None:
        """Install, reinstall or upgrade. Raises ValueError."""
        arg = candid.encode(list(self._interface.init or ()), list(args), self._interface.env)
        request = {"mode": mode, "canister_id": self.id, "wasm_module": module, "arg": arg}
        effective = {"CanisterId": b64encode(self.id.bytes).decode()}
        self.pic.update_call_with_effective_principal(
            None, effective, "install_code", candid.encode([_INSTALL], [request])
        )


def deployed(pic: PocketIC, module: bytes, interface: str, *args: Any) -> AnyCanister:
    """Create a canister with cycles and install `module`."""
    canister_id = pic.create_canister()
    pic.add_cycles(canister_id, CYCLES)
    canister = AnyCanister(pic, candid.Principal(canister_id.bytes), interface)
    canister.install(module, {"install": None}, *args)
    return canister
