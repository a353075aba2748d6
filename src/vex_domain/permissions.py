"""Permissions as bits, the built-in roles as sets of them. Names are stable, bits are not: they never leave memory."""

from collections.abc import Iterable

TICKET_CREATE = 1 << 0
TICKET_CREATE_FOR_OTHERS = 1 << 1
TICKET_READ_OWN = 1 << 2
TICKET_READ = 1 << 3
TICKET_COMMENT_OWN = 1 << 4
TICKET_COMMENT = 1 << 5
TICKET_SOLVE_OWN = 1 << 6
TICKET_REOPEN_OWN = 1 << 7
TICKET_UPDATE = 1 << 8
TICKET_ASSIGN = 1 << 9
NOTE_READ = 1 << 10
NOTE_WRITE = 1 << 11
AUDIT_READ = 1 << 12
MEMBERS_READ = 1 << 13
MEMBERS_MANAGE = 1 << 14
TEAMS_MANAGE = 1 << 15
ROLES_MANAGE = 1 << 16
ORGANISATION_CONFIGURE = 1 << 17
TICKET_REDACT = 1 << 23
REPORT_READ = 1 << 24
OUTBOX_READ = 1 << 25
PRIVACY_EXPORT = 1 << 26
PRIVACY_ERASE = 1 << 27
HOLD_MANAGE = 1 << 28

NAMES = {
    TICKET_CREATE: "ticket.create",
    TICKET_CREATE_FOR_OTHERS: "ticket.create_for_others",
    TICKET_READ_OWN: "ticket.read_own",
    TICKET_READ: "ticket.read",
    TICKET_COMMENT_OWN: "ticket.comment_own",
    TICKET_COMMENT: "ticket.comment",
    TICKET_SOLVE_OWN: "ticket.solve_own",
    TICKET_REOPEN_OWN: "ticket.reopen_own",
    TICKET_UPDATE: "ticket.update",
    TICKET_ASSIGN: "ticket.assign",
    NOTE_READ: "note.read",
    NOTE_WRITE: "note.write",
    AUDIT_READ: "audit.read",
    MEMBERS_READ: "members.read",
    MEMBERS_MANAGE: "members.manage",
    TEAMS_MANAGE: "teams.manage",
    ROLES_MANAGE: "roles.manage",
    ORGANISATION_CONFIGURE: "organisation.configure",
    REPORT_READ: "report.read",
    OUTBOX_READ: "outbox.read",
    TICKET_REDACT: "ticket.redact",
    PRIVACY_EXPORT: "privacy.export",
    PRIVACY_ERASE: "privacy.erase",
    HOLD_MANAGE: "hold.manage",
}
BITS = {name: bit for bit, name in NAMES.items()}

CUSTOMER = TICKET_CREATE | TICKET_READ_OWN | TICKET_COMMENT_OWN | TICKET_SOLVE_OWN | TICKET_REOPEN_OWN
AGENT = (
    CUSTOMER
    | TICKET_CREATE_FOR_OTHERS
    | TICKET_READ
    | TICKET_COMMENT
    | TICKET_UPDATE
    | TICKET_ASSIGN
    | NOTE_READ
    | NOTE_WRITE
    | MEMBERS_READ
)
LEAD = AGENT | AUDIT_READ | TEAMS_MANAGE | REPORT_READ | TICKET_REDACT
ADMIN = (
    LEAD
    | MEMBERS_MANAGE
    | ROLES_MANAGE
    | ORGANISATION_CONFIGURE
    | OUTBOX_READ
    | PRIVACY_EXPORT
    | PRIVACY_ERASE
    | HOLD_MANAGE
)
AUDITOR = TICKET_READ | NOTE_READ | AUDIT_READ | MEMBERS_READ | REPORT_READ

BUILT_IN_ROLES = {"customer": CUSTOMER, "agent": AGENT, "lead": LEAD, "admin": ADMIN, "auditor": AUDITOR}


def bits_of(names: Iterable[str]) -> int:
    """The named permissions as one int; names that this build does not know grant nothing."""
    bits = 0
    for name in names:
        bits |= BITS.get(name, 0)
    return bits


def names_of(bits: int) -> list[str]:
    """The names of the permissions in `bits`, in the order of the list."""
    return [name for bit, name in NAMES.items() if bits & bit]
