"""One executor for all tests of this room: it keeps no state but compiled modules."""

import pytest

from local_replica.execution import WasmtimeExecutor


@pytest.fixture(scope="session")
def executor() -> WasmtimeExecutor:
    return WasmtimeExecutor()
