"""Who a caller is inside one organisation, and what that allows."""

from vex_domain import permissions
from vex_domain.refusals import Forbidden, NotFound


class Access:
    """A person in an organisation, with permissions as bits (`vex_domain.permissions`)."""

    __slots__ = ("organisation", "permissions", "person", "teams")

    def __init__(self, person: int, organisation: int, bits: int, teams: tuple[int, ...] = ()) -> None:
        self.person = person
        self.organisation = organisation
        self.permissions = bits
        self.teams = teams

    def may(self, bit: int) -> bool:
        """Whether the person has this permission."""
        return self.permissions & bit != 0

    def require(self, bit: int) -> None:
        """Raises Forbidden, naming the permission."""
        if not self.permissions & bit:
            raise Forbidden(permissions.NAMES[bit])

    def sees_ticket_of(self, requester: int) -> bool:
        """Whether tickets of this requester exist for the person."""
        if self.permissions & permissions.TICKET_READ:
            return True
        return requester == self.person and self.permissions & permissions.TICKET_READ_OWN != 0

    def require_member(self, what: str) -> None:
        """Raises NotFound: to a stranger nothing of the organisation exists."""
        if not self.permissions:
            raise NotFound(what)

    def require_sight(self, requester: int) -> None:
        """Raises NotFound: a ticket that the person may not see does not exist for them."""
        if not self.sees_ticket_of(requester):
            raise NotFound("ticket")

    def require_comment(self, requester: int, internal: bool) -> None:
        """Raises Forbidden unless the person may comment on this requester's ticket, publicly or internally."""
        if internal:
            self.require(permissions.NOTE_WRITE)
        elif not self.permissions & permissions.TICKET_COMMENT:
            self.require(permissions.TICKET_COMMENT_OWN)
            if requester != self.person:
                raise Forbidden(permissions.NAMES[permissions.TICKET_COMMENT])
