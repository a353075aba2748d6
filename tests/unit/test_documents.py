"""What documents and tracked files promise to a reader: links that resolve, and no address of a package registry."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)\s#]+)(?:#[^)\s]*)?\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
HOSTS = [
    f"{name}.{domain}"
    for domain, names in {
        "org": ("pypi", "files.pythonhosted", "registry.npmjs", "proxy.golang", "deb.debian", "security.debian"),
        "io": ("crates", "index.crates", "static.crates"),
        "com": ("registry.yarnpkg",),
    }.items()
    for name in names
]
REGISTRY = re.compile(rb"(?<![\w.-])(?:[\w-]+\.)*(?:" + b"|".join(re.escape(host.encode()) for host in HOSTS) + rb")\b")


def tracked(*patterns: str) -> list[str]:
    """Files that the repository holds and that are in the tree."""
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def links(page: str) -> list[Path]:
    """The files that a page links to."""
    text = CODE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    return [((ROOT / page).parent / target).resolve() for target in LINK.findall(text)]


@pytest.mark.parametrize("page", tracked("*.md"))
def test_a_link_leads_to_a_file_of_the_repository(page: str) -> None:
    assert [str(target) for target in links(page) if not target.is_relative_to(ROOT) or not target.exists()] == []


def test_the_contents_name_every_page() -> None:
    contents = "docs/README.md"
    assert {*links(contents), ROOT / contents} == {ROOT / page for page in PAGES}


def test_no_file_names_the_host_of_a_registry() -> None:
    named = {name: REGISTRY.findall((ROOT / name).read_bytes()) for name in tracked()}
    assert {name: hosts for name, hosts in named.items() if hosts} == {}
