"""Attachments of the real shard at `<shard>.localhost`, through the gateway and its verification."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from pocket_ic import PocketIC

from local_replica.pytest_plugin import deployed_once
from support.desk import Desk
from support.files import CHUNK, attached, png
from support.platform import AGENT, ok
from support.pocket_platform import PocketPlatform

FILE = png(2 * CHUNK + 100_000)
Get = Callable[..., httpx.Response]


@deployed_once
def desk(pic: PocketIC) -> Desk:
    """A desk with a large file attached to its ticket."""
    desk = Desk(PocketPlatform(pic))
    attached(desk, FILE)
    return desk


@pytest.fixture
def get(desk: Desk) -> Iterator[Get]:
    """A browser at the shard's own address."""
    pic = desk.platform.pic
    gateways = f"{pic.server.url}/http_gateway"
    opened = httpx.post(gateways, json={"forward_to": {"PocketIcInstance": pic.instance_id}}).json()["Created"]
    address = f"127.0.0.1:{opened['port']}"
    host = f"{desk.shard.id}.localhost:{opened['port']}"

    def get(path: str, method: str = "GET", **headers: str) -> httpx.Response:
        named = {"Host": host, **{name.replace("_", "-"): text for name, text in headers.items()}}
        return httpx.request(method, f"http://{address}{path}", headers=named, timeout=60)

    yield get
    httpx.post(f"{gateways}/{opened['instance_id']}/stop")


@pytest.fixture
def path(desk: Desk) -> str:
    """Where the file is, with a token."""
    request = {"ticket": desk.ticket, "attachment": 1}
    found: str = ok(desk.shard.query("open_download", request, caller=AGENT))["path"]
    return found


def test_a_file_of_several_pieces_comes_whole(get: Get, path: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.content == FILE) == (200, True)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_range_comes_as_a_part(get: Get, path: str) -> None:
    first, last = CHUNK - 5, CHUNK + 4
    answer = get(path, range=f"bytes={first}-{last}")
    assert (answer.status_code, answer.content) == (206, FILE[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(FILE)}"
    assert get(path, range=f"bytes={len(FILE)}-").status_code == 416


def test_the_head_is_told_without_a_body(get: Get, path: str) -> None:
    answer = get(path, method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")


def test_without_a_token_there_is_nothing(get: Get, path: str) -> None:
    for wrong in (path[:-1], path.partition("?")[0], "/"):
        assert get(wrong).status_code == 404
    assert get(path, method="POST").status_code == 405
