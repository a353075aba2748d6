"""Canister tests that deploy once: each test starts from a snapshot on our replica, from a new deployment elsewhere.

    @deployed_once
    def desk(pic: PocketIC, shard_module: bytes) -> Desk:
        ...  # create and install; further arguments are session-scoped fixtures

    def test_something(desk: Desk) -> None: ...

The server is `$POCKET_IC_BIN`; without one it is `pocket-ic-local` of this environment.
"""

import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import pytest
import requests
from pocket_ic import PocketIC

__all__ = ["Deployment", "deployed_once", "pic", "pytest_configure", "pytest_sessionfinish"]

T = TypeVar("T")
CREATED, NOT_FOUND = 201, 404


def pytest_configure() -> None:
    """Choose the server before any test starts one."""
    os.environ.setdefault("POCKET_IC_BIN", str(Path(sys.executable).with_name("pocket-ic-local")))


def pytest_sessionfinish() -> None:
    """Delete the instances while the client can still say so."""
    for deployment in _deployments:
        deployment.end()


_deployments: "list[Deployment[Any]]" = []


class Deployment(Generic[T]):
    """What a function deployed, given out as if it had just been deployed."""

    def __init__(self, deploy: Callable[..., T]) -> None:
        """Deploy with `deploy(pic, …)`. Its result must not hold what a test changes."""
        self._deploy = deploy
        self._instance: PocketIC | None = None
        self._snapshot: str | None = None
        self._sender: Any = None
        self._result: T | None = None
        _deployments.append(self)

    def end(self) -> None:
        """Delete the instance and forget the result; a next use deploys again."""
        if self._instance is not None:
            server = self._instance.server
            server.delete_instance(self._instance.instance_id)
            # The client deletes again when the interpreter is half gone, and prints that it could not.
            server.delete_instance = lambda _: None
        self._instance = self._snapshot = self._result = None

    def fresh(self, **further: object) -> T:
        """Return the result in the state right after `deploy`; `further` are its arguments after the first."""
        if self._instance is None or self._snapshot is None:
            self._instance = PocketIC()
            result = self._result = self._deploy(self._instance, **further)
            self._sender = self._instance.sender
            self._snapshot = _take_snapshot(self._instance)
            return result
        requests.post(f"{self._snapshot}/restore", timeout=60).raise_for_status()
        self._instance.sender = self._sender
        return cast(T, self._result)


def _take_snapshot(instance: PocketIC) -> str | None:
    """Return the address of a snapshot; None when the server is not ours and knows none."""
    address = f"{instance.server.url}/vex/instances/{instance.instance_id}/snapshots"
    answer = requests.post(address, timeout=60)
    if answer.status_code == NOT_FOUND:
        return None
    answer.raise_for_status()
    return f"{address}/{answer.json()['snapshot']}"


def deployed_once(deploy: Callable[..., T]) -> Any:
    """Make a fixture, named as the function, of what it deploys; each test gets it as new."""
    deployment = Deployment(deploy)
    _, *further = inspect.signature(deploy).parameters

    def fixture(request: pytest.FixtureRequest) -> T:
        return deployment.fresh(**{name: request.getfixturevalue(name) for name in further})

    fixture.__doc__ = deploy.__doc__
    return pytest.fixture(name=deploy.__name__)(fixture)


_empty = Deployment(lambda instance: instance)


@pytest.fixture
def pic() -> PocketIC:
    """An instance without canisters, with one application subnet."""
    return _empty.fresh()
