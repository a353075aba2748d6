"""What `vex demo --keep` leaves behind and how to go on with it."""

from dataclasses import dataclass
from pathlib import Path

from vex.demo.identities import demo_identity
from vex.demo.suitable import admin_of
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
    def organisation(self) -> int:
        """That of the first ticket; the index numbers them from 1 on, as they are created."""
        return 1 + self.desk.organisations.index(self.desk.tickets[0].organisation)

    @property
    def pid(self) -> int:
        """The replica's process."""
        return int((self.folder / "pid").read_text())

    @property
    def key(self) -> Path:
        """The key of an admin of that organisation, as PEM: what `vex verify` asks for."""
        return self.folder / "admin.pem"

    def write_key(self) -> None:
        """Write `key`, for its owner alone."""
        admin = admin_of(self.desk, self.desk.tickets[0].organisation)
        self.key.touch(mode=0o600)
        self.key.write_bytes(demo_identity(admin.key).to_pem())

    def words(self) -> str:
        """For people: where everything is, whom to be, how to check it, how to end it."""
        first = self.desk.tickets[0]
        asked = f"--organisation {self.organisation} --key {self.key}"
        return (
            f"The network is up at {self.url}\n"
            f"  index  {self.deployment.index}\n"
            f"  users  {self.deployment.users}\n"
            f"  a customer of {first.organisation}: {first.requester}\n"
            'README, "Use it from Python", says what to do with them.\n'
            f"Check its history with: .venv/bin/vex verify --url {self.url} --index {self.deployment.index} {asked}\n"
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
            "key": str(self.key),
        }
