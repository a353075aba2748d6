"""Makes the sample export: the shape of a real desk, the same bytes for the same seed.

Shape: priorities 60/25/12/3, comments geometric with mean 5 (at most 200), a fifth of them internal, 15 % of tickets
with attachments, one organisation with 30 % of all tickets, subject and body 416 characters in the median with
outliers of 60,000, several scripts.
"""

import csv
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from vex.exports.phrases import FAMILY, GIVEN, ORGANISATIONS, SENTENCES, SUBJECTS, TAGS

MEDIAN_CHARACTERS = 416
OUTLIER_CHARACTERS = 60_000
EPOCH = datetime(2026, 1, 5, 8, tzinfo=UTC)
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who appears in the sample: ids into `users` by organisation."""

    organizations: list[Json]
    users: list[Json]
    customers: dict[int, list[int]]
    agents: dict[int, list[int]]


def write_sample(folder: Path, *, tickets: int, seed: int) -> None:
    """Write `desk.json` with two thirds of the tickets and the folder `tables` with the rest."""
    random = Random(seed)  # noqa: S311 - a sample, not a secret
    cast = _cast(random)
    made = [_ticket(random, cast, number) for number in range(1, tickets + 1)]
    split = tickets * 2 // 3
    folder.mkdir(parents=True, exist_ok=True)
    desk = {"organizations": cast.organizations, "users": cast.users, "tickets": made[:split]}
    text = json.dumps(desk, ensure_ascii=False, indent=1)
    (folder / "desk.json").write_text(text + "\n", encoding="utf-8")
    _write_tables(folder / "tables", cast, made[split:])


def _cast(random: Random) -> Cast:
    organizations: list[Json] = [{"id": 100 + i, "name": name} for i, name in enumerate(ORGANISATIONS)]
    users: list[Json] = []
    by_role: dict[str, dict[int, list[int]]] = {"end-user": {}, "agent": {}}
    for organization in organizations:
        roles = ["admin", "lead"] + ["agent"] * 4 + ["end-user"] * 24
        for role in roles:
            user = _user(random, len(users), organization["id"], role)
            users.append(user)
            by_role.setdefault(role, {}).setdefault(organization["id"], []).append(user["id"])
    return Cast(organizations, users, by_role["end-user"], by_role["agent"])


def _user(random: Random, index: int, organization: int, role: str) -> Json:
    return {
        "id": 5000 + index,
        "name": f"{random.choice(GIVEN)} {random.choice(FAMILY)}",
        "email": f"person{index}@org{organization}.example",
        "role": role,
        "organization_id": organization,
    }


def _ticket(random: Random, cast: Cast, number: int) -> Json:
    ids = [organization["id"] for organization in cast.organizations]
    organization = ids[0] if random.random() < 0.3 else random.choice(ids[1:])
    customers, agents = cast.customers[organization], cast.agents[organization]
    created = EPOCH + timedelta(minutes=random.randrange(300 * 24 * 60))
    subject = random.choice(SUBJECTS).format(n=random.randrange(10, 99_999))
    requester = random.choice(customers)
    return {
        "id": number,
        "subject": subject,
        "description": _text(random, _length(random, number) - len(subject)),
        "priority": random.choices(("normal", "low", "high", "urgent"), (60, 25, 12, 3))[0],
        "status": random.choices(STATUSES, (15, 20, 15, 5, 25, 20))[0],
        "requester_id": requester,
        "assignee_id": random.choice([None, *agents]),
        "organization_id": organization,
        "tags": random.sample(TAGS, random.randrange(6)),
        "created_at": created.isoformat(),
        "comments": [_comment(random, created, requester, agents) for _ in range(_comments(random))],
        "attachments": _attachments(random, number) if random.random() < 0.15 else [],
    }


def _length(random: Random, number: int) -> int:
    """Characters of subject and body: log-normal around the median; every 400th ticket is an outlier."""
    if number % 400 == 0:
        return OUTLIER_CHARACTERS
    return max(60, round(MEDIAN_CHARACTERS * math.exp(random.gauss(0, 0.6))))


def _text(random: Random, length: int) -> str:
    parts: list[str] = []
    size = -1
    while size < length:
        parts.append(random.choice(SENTENCES))
        size += len(parts[-1]) + 1
    return " ".join(parts)[: max(length, 1)].strip() or "?"


def _comments(random: Random) -> int:
    """Geometric from 0 with mean 5: each further comment follows with probability 5/6."""
    return min(200, int(math.log(1 - random.random()) / math.log(5 / 6)))


def _comment(random: Random, created: datetime, requester: int, agents: list[int]) -> Json:
    internal = random.random() < 0.2
    author = random.choice(agents) if internal or random.random() < 0.5 else requester
    return {
        "author_id": author,
        "body": _text(random, max(20, round(120 * math.exp(random.gauss(0, 0.6))))),
        "public": not internal,
        "created_at": (created + timedelta(minutes=random.randrange(1, 20_000))).isoformat(),
    }


def _attachments(random: Random, number: int) -> list[Json]:
    count = random.randrange(1, 4)
    return [{"file_name": f"screen-{number}-{i}.png", "content_type": "image/png"} for i in range(count)]


def _write_tables(folder: Path, cast: Cast, tickets: list[Json]) -> None:
    folder.mkdir(exist_ok=True)
    names = {organization["id"]: organization["name"] for organization in cast.organizations}
    emails = {user["id"]: user["email"] for user in cast.users}
    roles = {"end-user": "customer"}
    people = [(u["email"], u["name"], roles.get(u["role"], u["role"]), names[u["organization_id"]]) for u in cast.users]
    _write(folder / "people.csv", ("email", "name", "role", "organisation"), people)
    _write(folder / "tickets.csv", _TICKET_COLUMNS, [_ticket_row(t, emails, names) for t in tickets])
    comments = [_comment_row(t["id"], c, emails) for t in tickets for c in t["comments"]]
    _write(folder / "comments.csv", ("ticket_id", "author", "internal", "created_at", "body"), comments)


_TICKET_COLUMNS = (
    "id", "subject", "description", "priority", "status", "requester", "assignee", "organisation", "tags",
    "created_at", "attachments",
)  # fmt: skip


def _ticket_row(ticket: Json, emails: dict[int, str], names: dict[int, str]) -> tuple[object, ...]:
    return (
        *(ticket[column] for column in ("id", "subject", "description", "priority", "status")),
        emails[ticket["requester_id"]],
        emails.get(ticket["assignee_id"], ""),
        names[ticket["organization_id"]],
        " ".join(ticket["tags"]),
        ticket["created_at"],
        len(ticket["attachments"]),
    )


def _comment_row(ticket: int, comment: Json, emails: dict[int, str]) -> tuple[object, ...]:
    internal = "no" if comment["public"] else "yes"
    return ticket, emails[comment["author_id"]], internal, comment["created_at"], comment["body"]


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
