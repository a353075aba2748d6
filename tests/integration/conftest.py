"""A PocketIC server for each file of tests over REST, and a fresh instance of it for each test."""

from collections.abc import Iterator

import pytest

from support.rest_client import RestInstance, RestServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestServer]:
    started = RestServer(tmp_path_factory.mktemp("server"))
    yield started
    started.close()


@pytest.fixture
def instance(server: RestServer) -> RestInstance:
    return server.create_instance()
