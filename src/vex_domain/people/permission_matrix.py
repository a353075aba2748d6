"""Who may call which endpoint, as one table: every endpoint of the three canisters has a row.

A row is either a kind of caller (ANYONE … UPLOADER) or the permissions of which the caller needs one; a permission that
ends in `_own` counts for tickets that the caller opened; `export_person` is everybody's for themself. `x_replicated`
and, at a shard, `facade_x` follow the row of `x`: only the index may call the latter, and the shard decides by the
caller whom it names.
"""

from vex_domain import permissions

ANYONE = "anyone, also the anonymous principal"
SIGNED_IN = "anyone but the anonymous principal"
PERSON = "registered people"
PERSON_IN_FULL = "registered people, not by an API key"
MEMBER = "members of the organisation"
OPERATOR = "platform operators"
INDEX = "the index"
USERS = "users"
FLEET = "shards and the index"
SHARD = "the shard it is about"
UPLOADER = "who began the upload"
REQUESTER = "the ticket's requester"
ONESELF = "oneself, shards, the index, operators"
MEMBER_OR_OPERATOR = "members of the organisation, platform operators"
FIRST_ADMIN = "the organisation's first admin, platform operators"
KINDS = (
    ANYONE,
    SIGNED_IN,
    PERSON,
    PERSON_IN_FULL,
    MEMBER,
    OPERATOR,
    INDEX,
    USERS,
    FLEET,
    SHARD,
    UPLOADER,
    REQUESTER,
    ONESELF,
    MEMBER_OR_OPERATOR,
    FIRST_ADMIN,
)

_SEES = ("ticket.read", "ticket.read_own")
_COMMENTS = ("ticket.comment", "ticket.comment_own", "note.write")
_CHANGES = ("ticket.update", "ticket.assign", "ticket.solve_own", "ticket.reopen_own")
_MEMBERS = ("members.manage",)

_TICKETS: dict[str, str | tuple[str, ...]] = {
    "create_ticket": ("ticket.create",),
    "add_comment": _COMMENTS,
    "update_ticket": _CHANGES,
    "get_ticket": _SEES,
    "list_tickets": _SEES,
    "list_comments": _SEES,
    "begin_upload": _COMMENTS,
    "put_chunk": UPLOADER,
    "finish_upload": UPLOADER,
    "abandon_upload": UPLOADER,
    "upload_status": UPLOADER,
    "get_attachment": _SEES,
    "list_attachments": _SEES,
    "read_chunk": _SEES,
    "open_download": _SEES,
    "answer_survey": REQUESTER,
    "get_survey": _SEES,
}

_OF_USERS: dict[str, str | tuple[str, ...]] = {
    "configure": OPERATOR,
    "get_settings": OPERATOR,
    "push_backlog": OPERATOR,
    "register": SIGNED_IN,
    "whoami": PERSON,
    "my_identities": PERSON,
    "update_profile": PERSON_IN_FULL,
    "get_organisation": MEMBER_OR_OPERATOR,
    "list_roles": MEMBER,
    "list_members": ("members.read",),
    "add_people": _MEMBERS,
    "set_member": _MEMBERS,
    "deactivate_member": _MEMBERS,
    "leave": PERSON_IN_FULL,
    "create_team": ("teams.manage",),
    "set_work": ("teams.manage",),
    "set_out_of_office": MEMBER,
    "define_role": ("roles.manage",),
    "update_role": ("roles.manage",),
    "delete_role": ("roles.manage",),
    "set_joining": _MEMBERS,
    "get_joining": MEMBER,
    "public_profile": ANYONE,
    "join": PERSON_IN_FULL,
    "list_asking": _MEMBERS,
    "decide_joining": _MEMBERS,
    "create_invitation": _MEMBERS,
    "accept_invitation": SIGNED_IN,
    "revoke_invitation": _MEMBERS,
    "list_invitations": _MEMBERS,
    "begin_link": PERSON_IN_FULL,
    "begin_unlink": PERSON_IN_FULL,
    "begin_recovery": _MEMBERS,
    "confirm_identity": SIGNED_IN,
    "cancel_code": PERSON_IN_FULL,
    "create_service_account": _MEMBERS,
    "create_api_key": _MEMBERS,
    "revoke_api_key": _MEMBERS,
    "register_organisation": INDEX,
    "register_shard": INDEX,
    "set_people_limit": INDEX,
    "grants": ONESELF,
    "request_grants": ONESELF,
    "push_privacy": INDEX,
    "export_person": ("privacy.export",),
    "roster": FLEET,
    "known_people": FLEET,
}

_OF_INDEX: dict[str, str | tuple[str, ...]] = {
    "configure": OPERATOR,
    "get_settings": OPERATOR,
    "upload_chunk": OPERATOR,
    "set_module": OPERATOR,
    "spawn_shard": OPERATOR,
    "upgrade_shard": OPERATOR,
    "list_shards": OPERATOR,
    "report_fill": SHARD,
    "push_grants": USERS,
    "ping": ANYONE,
    "error_texts": ANYONE,
    "route": ANYONE,
    "routing_table": ANYONE,
    "create_org": OPERATOR,
    "get_org": FIRST_ADMIN,
    "put_time_zones": OPERATOR,
    "time_zones": ANYONE,
    "relate_tickets": ("ticket.update",),
    "relay_child_news": SHARD,
    "place": MEMBER,
    "shards_of": MEMBER,
    "set_configuration": ("organisation.configure",),
    "get_configuration": MEMBER,
    "erase_person": ("privacy.erase",),
    "set_hold": ("hold.manage",),
}

_OF_SHARD: dict[str, str | tuple[str, ...]] = {
    "grant_lease": INDEX,
    "open_organisation": INDEX,
    "push_configuration": INDEX,
    "prepare_relation": INDEX,
    "apply_relation": INDEX,
    "cancel_relation": INDEX,
    "ask_comments": INDEX,
    "take_comments": INDEX,
    "note_child": INDEX,
    "retire_standings": INDEX,
    "push_grants": USERS,
    "shard_status": ANYONE,
    "audit_head": ANYONE,
    "http_request": ANYONE,
    "http_request_streaming_callback": ANYONE,
    "push_roster": USERS,
    "open_session": MEMBER,
    "edit_comment": _COMMENTS,
    "redact_comment": ("ticket.redact",),
    "apply_macro": ("ticket.update",),
    "preview_macro": ("ticket.update",),
    "split_ticket": ("ticket.update",),
    "bulk_update": _CHANGES,
    "list_revisions": _SEES,
    "get_clocks": ("ticket.read",),
    "list_outbox": ("outbox.read",),
    "acknowledge_outbox": ("outbox.read",),
    "push_privacy": INDEX,
    "list_privacy_orders": ("privacy.erase",),
    "export_person": ("privacy.export",),
    "list_events": ("audit.read",),
    "report": ("report.read",),
}

MATRIX: dict[str, dict[str, str | tuple[str, ...]]] = {
    "users": _OF_USERS,
    "index": dict(list(_OF_INDEX.items()) + list(_TICKETS.items())),
    "shard": dict(list(_OF_SHARD.items()) + list(_TICKETS.items())),
}

ROLES = ("customer", "agent", "lead", "admin", "auditor")


def base_of(method: str) -> str:
    """The method whose row a twin follows."""
    return method.removeprefix("facade_").removesuffix("_replicated")


def allows(row: tuple[str, ...], bits: int, own: bool) -> bool:
    """Whether permission bits satisfy a row, on a ticket of one's own or another's."""
    return any(bits & permissions.BITS[name] and (own or not name.endswith("_own")) for name in row)


def _cell(row: tuple[str, ...], bits: int) -> str:
    if allows(row, bits, own=False):
        return "yes"
    return "own" if allows(row, bits, own=True) else ""


def reference_tables() -> str:
    """The tables of docs/reference/permissions.md, which a test compares with the file."""
    lines: list[str] = []
    for canister, rows in MATRIX.items():
        lines.extend(["## " + canister, "", "| method | needs | " + " | ".join(ROLES) + " |", "|---" * 7 + "|"])
        for method, row in rows.items():
            if isinstance(row, str):
                lines.append(f"| {method} | {row} | " + " | ".join([""] * len(ROLES)) + " |")
            else:
                cells = [_cell(row, permissions.BUILT_IN_ROLES[role]) for role in ROLES]
                lines.append(
                    f"| {method} | " + ", ".join([f"`{name}`" for name in row]) + " | " + " | ".join(cells) + " |"
                )
        lines.append("")
    lines.extend(["## Permissions", "", "| permission | " + " | ".join(ROLES) + " |", "|---" * 6 + "|"])
    for bit, name in permissions.NAMES.items():
        cells = ["yes" if permissions.BUILT_IN_ROLES[role] & bit else "" for role in ROLES]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
