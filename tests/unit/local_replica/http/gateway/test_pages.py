"""What a gateway makes of rejects: the cause by which programs know them."""

import pytest

from local_replica.errors import Reject
from local_replica.http.gateway.pages import rejected


@pytest.mark.parametrize(
    ("code", "message", "status", "cause"),
    [
        (2, "it's frozen.", 503, "canister_frozen"),
        (2, "later", 503, "upstream_error"),
        (3, "", 400, "canister_not_found"),
        (4, "no", 503, "canister_reject"),
        (5, "trapped", 503, "canister_error"),
        (6, "", 503, "upstream_error"),
    ],
)
def test_a_reject_has_a_cause(code: int, message: str, status: int, cause: str) -> None:
    error = rejected(Reject(code, "", message))
    assert (error.status, error.cause) == (status, cause)
