"""HTTPS outcalls over REST: those that wait are listed, and answered by whoever drives the instance."""

from candid.principal import to_text
from local_replica.node import Chain, Node
from local_replica.node.topology import in_base64
from local_replica.outcalls import HttpAnswer, HttpReject, HttpReply, Outcall
from local_replica.rest.blobs import BlobStore
from local_replica.rest.errors import RestError
from local_replica.rest.fields import Fields

_ANSWERS = ("CanisterHttpReply", "CanisterHttpReject")
_REJECT_CODES = range(1, 7)


def get_canister_http(chain: Chain, _fields: Fields) -> object:
    """List the outcalls that wait for an answer."""
    return [
        _described(subnet_id, outcall)
        for subnet_id, outcall in chain.replica.outcalls()
        if (subnet_id, outcall.request_id) not in chain.outcalls_taken
    ]


def _described(subnet_id: bytes, outcall: Outcall) -> dict[str, object]:
    return {
        "subnet_id": {"subnet_id": in_base64(subnet_id)},
        "request_id": outcall.request_id,
        "http_method": outcall.method,
        "url": outcall.url,
        "headers": [{"name": name, "value": value} for name, value in outcall.headers],
        "body": in_base64(outcall.body),
        "max_response_bytes": outcall.max_response_bytes,
    }


async def mock_canister_http(node: Node, fields: Fields, _blobs: BlobStore) -> object:
    """Answer an outcall, for all nodes alike or for each; checks are made in PocketIC's order."""
    fields.require(("subnet_id", "request_id", "response"))
    subnet_id = fields.object("subnet_id", "struct RawSubnetId").blob("subnet_id")
    request_id = fields.u64("request_id")
    first, others = _answer(*fields.variant("response", _ANSWERS)), []
    if fields.has("additional_responses"):
        others = fields.list("additional_responses", lambda each: _answer(*each.choice(_ANSWERS)))
    for answer in (*others, first):
        if isinstance(answer, HttpReject) and answer.reject_code not in _REJECT_CODES:
            raise RestError(f"InvalidRejectCode({answer.reject_code})")

    answers = (first, *others)

    def apply(chain: Chain) -> None:
        _check(chain, subnet_id, request_id, len(answers))
        chain.replica.answer_outcall(subnet_id, request_id, *answers)

    await node.run(apply)
    return None


def _check(chain: Chain, subnet_id: bytes, request_id: int, answers: int) -> None:
    subnet = chain.replica.subnets.get(subnet_id)
    if subnet is None:
        raise RestError(f"SubnetNotFound({to_text(subnet_id)})")
    if not any(one == subnet_id and outcall.request_id == request_id for one, outcall in chain.replica.outcalls()):
        raise RestError(f"InvalidCanisterHttpRequestId(({to_text(subnet_id)}, {request_id}))")
    if answers not in (1, subnet.kind.nodes):
        raise RestError(f"InvalidMockCanisterHttpResponses(({answers}, {subnet.kind.nodes}))")


def _answer(kind: str, payload: Fields | None) -> HttpAnswer:
    if payload is None:
        return HttpReject(0, kind)
    fields = payload.object(kind, f"struct {kind}")
    if kind == "CanisterHttpReject":
        return HttpReject(fields.u64("reject_code"), fields.string("message"))
    headers = fields.list("headers", lambda each: (each.string("name"), each.string("value")))
    return HttpReply(fields.u16("status"), tuple(headers), fields.blob("body"))
