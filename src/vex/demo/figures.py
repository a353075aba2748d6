"""What the demo measured, for people (a table) and for programs (JSON)."""

from dataclasses import dataclass, field
from statistics import median

from vex.demo.refusals import Outcome
from vex.errors import Unreachable
from vex.importer import ImportReport
from vex.models import Shard
from vex.network import Network


@dataclass(slots=True)
class Figures:
    """Everything that is printed at the end; times in seconds but where a name says ms."""

    shards: list[Shard] = field(default_factory=list)
    report: ImportReport = field(default_factory=ImportReport)
    outcomes: list[Outcome] = field(default_factory=list)
    instructions: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    tickets_listed: int = 0
    tickets_counted: int = 0
    upgrade_survived: bool = False
    upgrade_seconds: float = 0
    upgrade_instructions: int = 0
    deploy_seconds: float = 0
    in_flight: int = 0
    seconds: float = 0

    @property
    def create_ticket_instructions(self) -> int:
        """Mean instructions of one direct create_ticket, over all shards; 0 where the network does not tell."""
        return self.mean_instructions("create_ticket")

    def note_upgrade(self, instructions: dict[str, dict[str, dict[str, int]]], now: list[Shard], version: str) -> None:
        """Note what the shards that are `now` of that version took in post_upgrade; where none is, nothing survived."""
        upgraded = [str(shard.canister) for shard in now if shard.module_version == version]
        self.upgrade_survived = self.upgrade_survived and bool(upgraded)
        took = (instructions.get(canister, {}).get("post_upgrade", {}) for canister in upgraded)
        self.upgrade_instructions = sum(each.get("instructions", 0) for each in took)

    def mean_instructions(self, method: str) -> int:
        """Mean over all shards; 0 where the network does not tell."""
        ids = {str(shard.canister) for shard in self.shards}
        told = [methods for canister, methods in self.instructions.items() if canister in ids]
        costs = [methods[method] for methods in told if method in methods]
        calls = sum(cost["calls"] for cost in costs)
        return sum(cost["instructions"] for cost in costs) // calls if calls else 0

    def as_json(self) -> dict[str, object]:
        """Plain values under stable names."""
        creations = sorted(self.report.create_ms)
        return {
            "shards": len(self.shards),
            "tickets": self.report.tickets,
            "comments": self.report.comments,
            "organisations": self.report.organisations,
            "people": self.report.people,
            "tickets_per_shard": [shard.tickets for shard in self.shards],
            "tickets_listed": self.tickets_listed,
            "tickets_counted": self.tickets_counted,
            "through_index": self.report.through_index,
            "skipped_attachments": self.report.skipped_attachments,
            "create_ticket_instructions": self.create_ticket_instructions,
            "add_comment_instructions": self.mean_instructions("add_comment"),
            "create_ticket_ms": round(median(creations), 1) if creations else 0,
            "refusals": sum(outcome.as_expected for outcome in self.outcomes),
            "unexpected": [f"{o.who} {o.what}: {o.message}" for o in self.outcomes if not o.as_expected],
            "upgrade_survived": self.upgrade_survived,
            "upgrade_seconds": round(self.upgrade_seconds, 2),
            "upgrade_instructions": self.upgrade_instructions,
            "deploy_seconds": round(self.deploy_seconds, 2),
            "import_seconds": round(self.report.seconds, 2),
            "in_flight": self.in_flight,
            "seconds": round(self.seconds, 2),
        }


async def read_instructions(network: Network) -> dict[str, dict[str, dict[str, int]]]:
    """What the local replica counted, by canister and method; empty on a network that does not tell."""
    try:
        return await network.instructions()
    except Unreachable:
        return {}
