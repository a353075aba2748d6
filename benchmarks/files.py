"""What files cost in a shard: uploading, finishing, reading and downloading, each for one MiB; erasing a ticket."""

from hashlib import sha256

from benchmarks.figures import Figure, typical
from benchmarks.product import Product, cost_of, deployed, modules, ticket_of
from candid import Principal
from vex.deployment import Modules, shards
from vex.helpdesk import Write

MIB = 1_048_576
REPEATS = 5


def _content(number: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + number.to_bytes(8, "big") * (MIB // 8 - 1)


async def measured_files(built: Modules | None = None, repeats: int = REPEATS) -> list[Figure]:
    """Medians over files of exactly one chunk, on a ticket of their own."""
    product = await deployed(built or modules(), capacity=64)
    receipt = await product.helpdesk.create_ticket(ticket_of(product))
    (shard, *_) = await shards(product.index)
    assert shard.canister is not None  # noqa: S101 - it is open
    runs: dict[str, list[tuple[int, float]]] = {}
    for number in range(repeats):
        for name, cost in (await _one_file(product, shard.canister, receipt.ticket, _content(number))).items():
            runs.setdefault(name, []).append(cost)
    return [typical(name, costs, note="1 MiB") for name, costs in runs.items()]


async def _one_file(product: Product, shard: Principal, ticket: int, content: bytes) -> dict[str, tuple[int, float]]:
    canister = product.helpdesk.shard(shard)
    begin = Write().fields(ticket=ticket, comment=None, internal=False, name="a.png", content_type="image/png")
    begin.update({"size": len(content), "sha256": sha256(content).digest()})
    status = await canister.call("begin_upload", begin)
    upload = {"ticket": ticket, "upload": status["upload"]}
    chunk = {**upload, "number": 0, "content": content}
    put = await cost_of(product, canister.call("put_chunk", chunk), shard)
    finish = await cost_of(product, canister.call("finish_upload", Write().fields(**upload)), shard)
    page = await canister.call("list_attachments", {"ticket": ticket, "cursor": None, "limit": None})
    which = {"ticket": ticket, "attachment": page["attachments"][-1]["number"]}
    read = await cost_of(product, canister.call("read_chunk", {**which, "chunk": 0}), shard)
    path = (await canister.call("open_download", which))["path"]
    request = {"method": "GET", "url": path, "headers": [], "body": b"", "certificate_version": 2}
    web = await cost_of(product, canister.call("http_request", request), shard)
    return {"put_chunk": put, "finish_upload": finish, "read_chunk": read, "download": web}
