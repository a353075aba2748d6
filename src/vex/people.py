"""People of an organisation as one caller manages them: invitations, joining, identities, service accounts, work.

Codes are drawn here; `users` gets their SHA-256 alone. Send a code to whom it is for by a way that you trust.
"""

import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from candid import Principal
from vex.canister import Canister
from vex.helpdesk import Write
from vex.patience import patiently

__all__ = ["Code", "Identity", "Membership", "People"]

CODE_BYTES = 20
INVITED_FOR = timedelta(days=7)
LINKED_WITHIN = timedelta(minutes=10)
RECOVERED_WITHIN = timedelta(days=6)
KEY_TAKEN_WITHIN = timedelta(hours=12)


class Code(BaseModel):
    """A one-time code and what it is for: `target` is the organisation of an invitation, else the person."""

    model_config = ConfigDict(frozen=True)

    code: str
    target: int


class Membership(BaseModel):
    """What somebody became in an organisation."""

    model_config = ConfigDict(frozen=True)

    person: int
    organisation: int
    roles: list[str]
    teams: list[int]
    epoch: int


class Identity(BaseModel):
    """One principal of a person; `api_key` tells what a key may do, and until when."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    identity: Principal
    label: str
    linked_at: int
    api_key: dict[str, Any] | None


class People:
    """Calls `users` for one caller. Raises Refused with the canister's error, Unreachable when nothing answered."""

    def __init__(self, users: Canister) -> None:
        self._users = users

    async def invite(
        self,
        organisation: int,
        roles: list[str],
        *,
        teams: list[int] | None = None,
        email: str | None = None,
        life: timedelta = INVITED_FOR,
    ) -> Code:
        """A code that makes its first user a member; `email` is where it is sent."""
        drawn = _Drawn(life)
        fields = {"organisation": organisation, "roles": roles, "teams": teams or [], "email": email}
        await self._write("create_invitation", **drawn.fields, **fields)
        return Code(code=drawn.code, target=organisation)

    async def accept(self, invitation: Code, name: str | None = None, language: str | None = None) -> Membership:
        """Become a member; `name` is for who is not registered yet."""
        fields = {"organisation": invitation.target, "code": invitation.code, "name": name, "language": language}
        return Membership.model_validate(await self._write("accept_invitation", **fields))

    async def join(self, organisation: int) -> bool:
        """Join an open organisation, or ask to: False while an admin has to decide."""
        answer = await self._write("join", organisation=organisation)
        return bool(answer["joined"])

    async def leave(self, organisation: int) -> None:
        """End one's own membership."""
        await self._write("leave", organisation=organisation)

    async def deactivate(self, organisation: int, person: int, *, deactivated: bool = True) -> None:
        """Take every permission from a member, or give them back."""
        await self._write("deactivate_member", organisation=organisation, person=person, deactivated=deactivated)

    async def link(self, label: str) -> Code:
        """A code with which another principal becomes the caller's person, too, by `confirm`."""
        return await self._code("begin_link", LINKED_WITHIN, label=label)

    async def unlink(self, identity: Principal) -> Code:
        """A code with which one of the caller's principals agrees to go, by `confirm`."""
        return await self._code("begin_unlink", LINKED_WITHIN, identity=identity)

    async def recover(self, organisation: int | None, person: int, label: str) -> Code:
        """A code with which a new principal takes the place of all the person's; `organisation` None: as operator."""
        fields = {"organisation": organisation, "person": person, "label": label}
        return await self._code("begin_recovery", RECOVERED_WITHIN, **fields)

    async def confirm(self, code: Code) -> int:
        """Show a code about one's own identity; the person."""
        person: int = await self._write("confirm_identity", person=code.target, code=code.code)
        return person

    async def cancel(self) -> bool:
        """Take the open code about oneself back; whether there was one."""
        return bool(await self._write("cancel_code"))

    async def identities(self) -> list[Identity]:
        """The caller's principals, the main one first."""
        answer = await patiently(lambda: self._users.call("my_identities"))
        return [Identity.model_validate(each) for each in answer["identities"]]

    async def service_account(self, organisation: int, name: str, roles: list[str]) -> int:
        """A new service account; its person."""
        fields = {"organisation": organisation, "name": name, "roles": roles, "teams": list[int]()}
        person: int = await self._write("create_service_account", **fields)
        return person

    async def api_key(
        self,
        organisation: int,
        person: int,
        scopes: list[str],
        *,
        label: str,
        life: timedelta,
        updates_per_minute: int,
    ) -> Code:
        """A code with which a principal becomes an API key of the person, by `confirm`."""
        fields = {"organisation": organisation, "person": person, "scopes": scopes, "label": label}
        limits = {"key_expires": _after(life), "updates_per_minute": updates_per_minute}
        return await self._code("create_api_key", KEY_TAKEN_WITHIN, **fields, **limits)

    async def revoke_api_key(self, organisation: int, identity: Principal) -> None:
        """End an API key."""
        await self._write("revoke_api_key", organisation=organisation, identity=identity)

    async def away(self, organisation: int, life: timedelta | None, person: int | None = None) -> None:
        """Be out of office for a time, or back (None)."""
        until = 0 if life is None else _after(life)
        await self._write("set_out_of_office", organisation=organisation, person=person, until=until)

    async def members(self, organisation: int) -> AsyncIterator[dict[str, Any]]:
        """Every member, in the order of joining."""
        cursor: str | None = None
        more = True
        while more:
            request = {"organisation": organisation, "cursor": cursor, "limit": None}
            page = await self._asked("list_members", request)
            for member in page["members"]:
                yield member
            cursor = page["next"]
            more = cursor is not None

    async def _asked(self, method: str, request: Any) -> Any:
        return await patiently(lambda: self._users.call(method, request))

    async def _code(self, method: str, life: timedelta, **fields: Any) -> Code:
        drawn = _Drawn(life)
        return Code(code=drawn.code, target=await self._write(method, **drawn.fields, **fields))

    async def _write(self, method: str, **fields: Any) -> Any:
        return await self._asked(method, Write().fields(**fields))


class _Drawn:
    """A fresh code and what `users` gets of it."""

    def __init__(self, life: timedelta) -> None:
        self.code = secrets.token_urlsafe(CODE_BYTES)
        self.fields = {"digest": hashlib.sha256(self.code.encode()).digest(), "expires": _after(life)}


def _after(life: timedelta) -> int:
    return time.time_ns() + int(life.total_seconds()) * 10**9
