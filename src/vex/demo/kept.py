"""What `vex demo --keep` leaves behind and how to go on with it."""

from dataclasses import dataclass
from pathlib import Path

from vex.deployment import Deployment
from vex.exports import Desk

__all__ = ["Kept"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A network that is left up; `folder` holds its state, its log and its process id."""

    url: str
    deployment: Deployment
    folder: Path
    desk: Desk

    @property
    def pid(self) -> int:
        """The replica's process."""
        return int((self.folder / "pid").read_text())

    def words(self) -> str:
        """For people: where everything is, whom to be, how to end it."""
        first = self.desk.tickets[0]
        return (
            f"The network is up at {self.url}\n"
            f"  index  {self.deployment.index}\n"
            f"  users  {self.deployment.users}\n"
            f"  a customer of {first.organisation}: {first.requester}\n"
            'README, "Use it from Python", says what to do with them. '
            f"Stop it with: kill {self.pid}; rm -r {self.folder}"
        )

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "url": self.url,
            "index": str(self.deployment.index),
            "users": str(self.deployment.users),
            "pid": self.pid,
            "folder": str(self.folder),
        }
