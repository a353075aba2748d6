"""Our own endpoints, under `/vex`: snapshots of whole instances, so that a test restores instead of deploying again."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local_replica.node import Chain
from local_replica.rest.endpoints import guarded, instance_number
from local_replica.rest.instances import Instance, Instances
from local_replica.rest.numbers import read_u64


def snapshot_routes(instances: Instances) -> list[BaseRoute]:
    """POST …/snapshots takes one, POST …/snapshots/{n}/restore goes back to it, DELETE …/snapshots/{n} drops it."""
    endpoints = _Snapshots(instances)
    path = "/vex/instances/{instance}/snapshots"
    return [
        Route(path, guarded(endpoints.take), methods=["POST"]),
        Route(path + "/{snapshot}/restore", guarded(endpoints.restore), methods=["POST"]),
        Route(path + "/{snapshot}", guarded(endpoints.drop), methods=["DELETE"]),
    ]


class _Snapshots:
    def __init__(self, instances: Instances) -> None:
        self._instances = instances

    def _instance(self, request: Request) -> Instance:
        return self._instances.get(instance_number(request))

    async def take(self, request: Request) -> Response:
        instance = self._instance(request)
        number = next(instance.numbers)
        instance.snapshots[number] = await instance.node.run(Chain.snapshot)
        return JSONResponse({"snapshot": number}, status_code=201)

    async def restore(self, request: Request) -> Response:
        instance = self._instance(request)
        number = read_u64(request.path_params["snapshot"])
        snapshot = None if number is None else instance.snapshots.get(number)
        if snapshot is None:
            return JSONResponse({"message": "Snapshot not found"}, status_code=404)
        await instance.node.run(lambda chain: chain.restore(snapshot))
        return JSONResponse(None)

    async def drop(self, request: Request) -> Response:
        number = read_u64(request.path_params["snapshot"])
        instance = self._instance(request)
        if number is not None:
            instance.snapshots.pop(number, None)
        return Response()
