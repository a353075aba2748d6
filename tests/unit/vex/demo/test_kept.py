"""What `vex demo --keep` leaves is said in commands that can be run as they stand."""

import shlex
import stat
from datetime import UTC, datetime
from pathlib import Path

from icp_identity.identity import Identity
from typer.testing import CliRunner

from candid import Principal
from vex.cli import app
from vex.demo.identities import demo_identity
from vex.demo.kept import Kept
from vex.deployment import Deployment
from vex.exports import Desk, DeskPerson, DeskTicket

ADMIN = DeskPerson(key="ada@birch", name="Ada", role="admin", organisation="Birch")
TICKET = DeskTicket(
    reference="1",
    subject="Printer",
    body="Fire",
    requester="ada@birch",
    organisation="Birch",
    created_at=datetime(2026, 2, 3, 12, tzinfo=UTC),
)
DESK = Desk(organisations=("Alder", "Birch"), people=(ADMIN,), tickets=(TICKET,))


def kept(folder: Path) -> Kept:
    (folder / "pid").write_text("1")
    deployment = Deployment(index=Principal.management(), users=Principal.management())
    return Kept("http://127.0.0.1:1", deployment, folder, DESK)


def test_the_key_is_an_admins_and_nobody_elses_to_read(tmp_path: Path) -> None:
    left = kept(tmp_path)
    left.write_key()
    assert Identity.from_pem(left.key.read_text()).sender().bytes == demo_identity("ada@birch").sender().bytes
    assert stat.S_IMODE(left.key.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def test_the_command_that_checks_the_history_is_complete(tmp_path: Path) -> None:
    left = kept(tmp_path)
    left.write_key()
    [line] = [line for line in left.words().splitlines() if "vex verify" in line]
    command = shlex.split(line.split("vex ", 1)[1])
    assert command[command.index("--organisation") + 1] == "2"
    told = CliRunner().invoke(app, command)
    assert "Cannot connect to host 127.0.0.1:1" in " ".join(told.stderr.split())
