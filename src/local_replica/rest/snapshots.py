"""Our own endpoints, under `/vex`: snapshots of whole instances, so that a test restores instead of deploying again."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local_replica.node import Chain
from local_replica.rest.errors import RestError
from local_replica.rest.instances import Instance, Instances


def snapshot_routes(instances: Instances) -> list[BaseRoute]:
    """POST …/snapshots takes one, POST …/snapshots/{n}/restore goes back to it, DELETE …/snapshots/{n} drops it."""
    endpoints = _Snapshots(instances)
    path = "/vex/instances/{instance:int}/snapshots"
    return [
        Route(path, endpoints.take, methods=["POST"]),
        Route(path + "/{snapshot:int}/restore", endpoints.restore, methods=["POST"]),
        Route(path + "/{snapshot:int}", endpoints.drop, methods=["DELETE"]),
    ]


class _Snapshots:
    def __init__(self, instances: Instances) -> None:
        self._instances = instances

    def _instance(self, request: Request) -> Instance:
        return self._instances.get(request.path_params["instance"])

    async def take(self, request: Request) -> Response:
        try:
            instance = self._instance(request)
        except RestError as error:
            return JSONResponse({"message": error.message}, status_code=error.status)
        number = next(instance.numbers)
        instance.snapshots[number] = await instance.node.run(Chain.snapshot)
        return JSONResponse({"snapshot": number}, status_code=201)

    async def restore(self, request: Request) -> Response:
        try:
            instance = self._instance(request)
        except RestError as error:
            return JSONResponse({"message": error.message}, status_code=error.status)
        snapshot = instance.snapshots.get(request.path_params["snapshot"])
        if snapshot is None:
            return JSONResponse({"message": "Snapshot not found"}, status_code=404)
        await instance.node.run(lambda chain: chain.restore(snapshot))
        return JSONResponse(None)

    async def drop(self, request: Request) -> Response:
        try:
            self._instance(request).snapshots.pop(request.path_params["snapshot"], None)
        except RestError as error:
            return JSONResponse({"message": error.message}, status_code=error.status)
        return Response()
