"""What people do at `users`, one readable call per action, with codes as a client makes them."""

from hashlib import sha256
from typing import Any

import candid
from support.desk import Desk
from support.platform import ADMIN, ok, person

MINUTE = 60_000_000_000
DAY = 24 * 60 * MINUTE
CODE = "correct-horse-battery-staple"
UNLINK_CODE = "code-to-unlink-a-principal"
NEWCOMER, OTHER_KEY, THIRD_KEY, ROBOT = (person(number) for number in range(500, 504))


def digest(code: str = CODE) -> bytes:
    return sha256(code.encode()).digest()


class People:
    """The users canister of a desk; every method answers the canister's `Ok` or `Err`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.users = desk.platform.users

    def call(self, method: str, caller: candid.Principal, **fields: Any) -> Any:
        """Call with a fresh token."""
        return self.users.update(method, self.desk.platform.token() | fields, caller=caller)

    def of(self, method: str, caller: candid.Principal, **fields: Any) -> Any:
        """As `call`, in the desk's organisation."""
        return self.call(method, caller, **({"organisation": self.desk.organisation} | fields))

    def later(self, time: int) -> int:
        return self.desk.platform.now() + time

    def register(self, caller: candid.Principal, email: str | None = None) -> int:
        return int(ok(self.call("register", caller, name="Newcomer", email=email, language=None))["id"])

    def invite(self, code: str = CODE, caller: candid.Principal = ADMIN, **changed: Any) -> Any:
        fields = {"digest": digest(code), "expires": self.later(DAY), "roles": ["agent"], "teams": [], "email": None}
        return self.of("create_invitation", caller, **(fields | changed))

    def accept(self, caller: candid.Principal, code: str = CODE, **changed: Any) -> Any:
        return self.of("accept_invitation", caller, **({"code": code, "name": "New", "language": None} | changed))

    def policy(self, joining: str, **changed: Any) -> Any:
        fields = {"joining": joining, "role": "customer", "domains": [], "public": False}
        return self.of("set_joining", ADMIN, **(fields | changed))

    def begin_link(self, caller: candid.Principal, code: str = CODE, label: str = "laptop") -> Any:
        return self.call("begin_link", caller, digest=digest(code), expires=self.later(10 * MINUTE), label=label)

    def begin_unlink(self, caller: candid.Principal, identity: candid.Principal, code: str = UNLINK_CODE) -> Any:
        return self.call(
            "begin_unlink", caller, digest=digest(code), expires=self.later(10 * MINUTE), identity=identity
        )

    def begin_recovery(self, caller: candid.Principal, who: int, code: str = CODE, **changed: Any) -> Any:
        fields = {"organisation": self.desk.organisation, "person": who, "digest": digest(code)}
        fields |= {"expires": self.later(7 * DAY), "label": "new phone"}
        return self.call("begin_recovery", caller, **(fields | changed))

    def confirm(self, caller: candid.Principal, who: int, code: str = CODE) -> Any:
        return self.call("confirm_identity", caller, person=who, code=code)

    def agree(self, caller: candid.Principal, who: int) -> Any:
        """Agree to be unlinked."""
        return self.confirm(caller, who, UNLINK_CODE)

    def link(self, known: candid.Principal, new: candid.Principal, code: str = CODE) -> int:
        who = int(ok(self.begin_link(known, code)))
        ok(self.confirm(new, who, code))
        return who

    def account(self, *roles: str) -> int:
        return int(ok(self.of("create_service_account", ADMIN, name="Importer", roles=list(roles), teams=[])))

    def api_key(self, who: int, caller: candid.Principal = ADMIN, code: str = CODE, **changed: Any) -> Any:
        fields = {"person": who, "digest": digest(code), "expires": self.later(DAY), "label": "ci"}
        fields |= {"scopes": ["ticket.create"], "key_expires": self.later(30 * DAY), "updates_per_minute": 60}
        return self.of("create_api_key", caller, **(fields | changed))

    def set_member(self, who: int, *roles: str, caller: candid.Principal = ADMIN, teams: tuple[int, ...] = ()) -> Any:
        return self.of("set_member", caller, person=who, roles=list(roles), teams=list(teams))

    def deactivate(self, who: int, deactivated: bool = True, caller: candid.Principal = ADMIN) -> Any:
        return self.of("deactivate_member", caller, person=who, deactivated=deactivated)

    def grants(self, caller: candid.Principal) -> Any:
        return ok(self.users.query("grants", caller, self.desk.organisation, caller=caller))

    def member(self, who: int) -> Any:
        """The member as an admin sees it, or None."""
        request = {"organisation": self.desk.organisation, "cursor": None, "limit": 200}
        members = ok(self.users.query("list_members", request, caller=ADMIN))["members"]
        return next((member for member in members if member["person"] == who), None)

    def roster(self) -> dict[int, Any]:
        """The roster as a shard sees it, by person."""
        answer = ok(self.users.update("roster", self.desk.organisation, caller=self.desk.shard.id))
        return {member["person"]: member for member in answer["members"]}

    def told(self) -> None:
        """Let the pushes arrive."""
        self.desk.platform.advance(1)
