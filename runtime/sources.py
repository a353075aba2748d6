"""Fetches and unpacks Debian source packages: `sources.py PACKAGE FOLDER` prints the version that it took.

The source lists are the machine's own with `deb` turned into `deb-src`, in a folder of their own, so that the
machine's package state stays as it is and no host is named here. Versions are tried from the newest on, since a
mirror may already list a version whose files it does not have.
"""

import re
import shutil
import subprocess
import sys
from functools import cmp_to_key
from pathlib import Path

APT = Path("/etc/apt")


def codename() -> str:
    """The release of this machine, e.g. bookworm."""
    found = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    return found[1] if found else ""


def of_the_release(suites: str) -> bool:
    """Whether an entry's suites are the distribution's; third-party lists mostly use suites of their own."""
    wanted = {codename(), "stable", "oldstable"}
    return any(re.split(r"[-/]", suite)[0] in wanted for suite in suites.split())


def deb822_sources(text: str) -> list[str]:
    """The stanzas of a `*.sources` file that describe the distribution, as `deb-src`."""
    stanzas = []
    for stanza in re.split(r"\n\s*\n", text):
        lines = [line for line in stanza.splitlines() if line and not line.startswith("#")]
        fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", "\n".join(lines), re.MULTILINE))
        if "deb" in fields.get("Types", "").split() and of_the_release(fields.get("Suites", "")):
            stanzas.append("\n".join(re.sub(r"^Types:.*", "Types: deb-src", line) for line in lines))
    return stanzas


def one_line_sources(text: str) -> list[str]:
    """The lines of a `sources.list` that describe the distribution, as `deb-src`."""
    lines = []
    for line in text.splitlines():
        entry = re.match(r"deb\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)", line.strip())
        if entry and of_the_release(entry[3]):
            lines.append(f"deb-src {entry[1] or ''}{entry[2]} {entry[3]} {entry[4]}")
    return lines


def write_source_lists(folder: Path) -> None:
    """Write the machine's lists as source lists into `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, file in enumerate(sorted(APT.glob("sources.list.d/*.sources"))):
        (folder / f"{number}.sources").write_text("\n\n".join(deb822_sources(file.read_text())) + "\n")
    lines = []
    for file in [APT / "sources.list", *sorted(APT.glob("sources.list.d/*.list"))]:
        lines += one_line_sources(file.read_text()) if file.exists() else []
    (folder / "machine.list").write_text("\n".join(lines) + "\n")


def apt_options(state: Path) -> list[str]:
    """Options that keep apt away from the machine's state."""
    settings = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": state / "sources",
        "Dir::State::lists": state / "lists",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "root",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def compare_versions(one: str, other: str) -> int:
    """Debian's order of versions."""
    less = subprocess.run(["dpkg", "--compare-versions", one, "lt", other], check=False)
    return -1 if less.returncode == 0 else 1


def versions(package: str, options: list[str]) -> list[str]:
    """Versions of a source package that the lists know, newest first."""
    shown = subprocess.run(
        ["apt-cache", *options, "showsrc", "--only-source", package], check=True, capture_output=True, text=True
    ).stdout
    found = set(re.findall(r"^Version: (\S+)", shown, re.MULTILINE))
    return sorted(found, key=cmp_to_key(compare_versions), reverse=True)


def fetch(package: str, folder: Path, options: list[str]) -> str:
    """Download and unpack (patched) the newest version that can be had into `folder`; returns the version."""
    downloads = folder.parent / f"{folder.name}-download"
    for version in versions(package, options):
        shutil.rmtree(downloads, ignore_errors=True)
        downloads.mkdir(parents=True)
        command = ["apt-get", *options, "--quiet=2", "source", "--download-only", f"{package}={version}"]
        if subprocess.run(command, cwd=downloads, check=False, stdout=sys.stderr).returncode != 0:
            sys.stderr.write(f"{package} {version}: files cannot be had, trying an older version\n")
            continue
        shutil.rmtree(folder, ignore_errors=True)
        description = next(downloads.glob("*.dsc"))
        # apt has checked the files against the signed lists; the maintainer's key need not be on this machine.
        unpack = ["dpkg-source", "--no-check", "--extract", description.name, folder]
        subprocess.run(unpack, cwd=downloads, check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(downloads)
        return version
    raise SystemExit(f"no version of the source package {package} can be had")


def main(package: str, folder: str) -> None:
    """Fetch `package` into `folder`; apt's state is kept beside it in `apt/`."""
    target = Path(folder).resolve()
    state = target.parent / "apt"
    write_source_lists(state / "sources")
    for place in ("lists/partial", "cache/archives/partial"):
        (state / place).mkdir(parents=True, exist_ok=True)
    options = apt_options(state)
    # A list that cannot be refreshed is not the end: what counts is whether the package is found.
    subprocess.run(["apt-get", *options, "--quiet=2", "update"], check=False, stdout=sys.stderr)
    sys.stdout.write(fetch(package, target, options) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
