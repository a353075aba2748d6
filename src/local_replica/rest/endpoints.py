"""What the endpoints of the REST server have in common: whom they are for, what they read, how they fail."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from local_replica.node import NodeHalted
from local_replica.rest.connection import NoResponse
from local_replica.rest.errors import BodyError, NoAnswer, RestError
from local_replica.rest.fields import Fields
from local_replica.rest.numbers import read_u64

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def instance_number(request: Request) -> int:
    """Return the instance that the address names. Raises BodyError."""
    return numbered(request, "instance")


def numbered(request: Request, name: str) -> int:
    """Return the number that stands for `name` in the address. Raises BodyError."""
    text = request.path_params[name]
    number = read_u64(text)
    if number is None:
        which = "" if len(request.path_params) == 1 else "value at index 0 with value "
        raise BodyError(400, f"Invalid URL: Cannot parse {which}`{text}` to a `u64`")
    return number


async def read_fields(request: Request) -> Fields:
    """Read a JSON body. Raises BodyError."""
    return Fields.of(await read_json_body(request))


async def read_json_body(request: Request) -> bytes:
    """Read a body that must be announced as JSON. Raises BodyError."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise BodyError(415, "Expected request with `Content-Type: application/json`")
    return await request.body()


def guarded(endpoint: Endpoint) -> Endpoint:
    """Turn errors into answers."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except RestError as error:
            return JSONResponse(error.body, status_code=error.status)
        except BodyError as error:
            return PlainTextResponse(error.text, status_code=error.status)
        except NodeHalted as error:
            return JSONResponse({"message": str(error)}, status_code=503)
        except NoAnswer:
            return NoResponse()

    return answer
