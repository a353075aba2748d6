"""Source lists are derived from the machine's own, whichever form they have."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[3] / "runtime" / "sources.py"


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, on a machine that runs bookworm."""
    spec = importlib.util.spec_from_file_location("runtime_sources", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "codename", lambda: "bookworm")
    return module


DEBIAN = """Types: deb
# a snapshot of the day
URIs: http://mirror.invalid/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""

THIRD_PARTY = """Types: deb
URIs: https://third.invalid/node_20.x
Suites: nodistro
Components: main
"""


def test_a_stanza_of_the_distribution_becomes_one_of_sources(sources: ModuleType) -> None:
    (stanza,) = sources.deb822_sources(f"{DEBIAN}\n{THIRD_PARTY}")
    assert stanza.splitlines() == [
        "Types: deb-src",
        "URIs: http://mirror.invalid/debian",
        "Suites: bookworm bookworm-updates",
        "Components: main",
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg",
    ]


def test_lines_of_the_distribution_become_lines_of_sources(sources: ModuleType) -> None:
    text = """# deb http://mirror.invalid/debian sid main
deb [signed-by=/k.gpg] http://mirror.invalid/debian bookworm main contrib
deb http://mirror.invalid/debian-security bookworm-security main
deb-src http://mirror.invalid/debian bookworm main
deb https://third.invalid/apt cloud-sdk-bookworm main
"""
    assert sources.one_line_sources(text) == [
        "deb-src [signed-by=/k.gpg] http://mirror.invalid/debian bookworm main contrib",
        "deb-src http://mirror.invalid/debian-security bookworm-security main",
    ]


def test_lists_of_every_form_are_written_into_a_folder_of_their_own(
    sources: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = tmp_path / "etc" / "sources.list.d"
    parts.mkdir(parents=True)
    (parts / "debian.sources").write_text(DEBIAN)
    (parts / "third.sources").write_text(THIRD_PARTY)
    (tmp_path / "etc" / "sources.list").write_text("deb http://mirror.invalid/debian bookworm main\n")
    monkeypatch.setattr(sources, "APT", tmp_path / "etc")
    sources.write_source_lists(tmp_path / "lists")
    written = "".join(file.read_text() for file in sorted((tmp_path / "lists").iterdir()))
    assert written.count("deb-src") == 2
    assert "third.invalid" not in written


def test_a_machine_without_the_old_list_is_fine(
    sources: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "APT", tmp_path)
    sources.write_source_lists(tmp_path / "lists")
    assert [file.name for file in (tmp_path / "lists").iterdir()] == ["machine.list"]


def test_apt_keeps_its_hands_off_the_machines_state(sources: ModuleType, tmp_path: Path) -> None:
    options = sources.apt_options(tmp_path)
    assert "Dir::Etc::sourcelist=/dev/null" in options
    assert f"Dir::State::lists={tmp_path / 'lists'}" in options


def test_versions_are_ordered_as_debian_orders_them(sources: ModuleType) -> None:
    assert sources.compare_versions("3.11.2-6+deb12u9", "3.11.2-6+deb12u10") < 0
    assert sources.compare_versions("3.11.2-6+deb12u9", "3.11.2-6") > 0
