"""A desk behind the SDK: canister code in this process, a network that loses what a test says, no waiting."""

import asyncio
import time

import pytest

from support.desk import Desk
from support.native_platform import NativePlatform
from support.native_transport import NativeNet


@pytest.fixture
def platform() -> NativePlatform:
    """Canisters whose clock shows the program's time."""
    platform = NativePlatform()
    platform.advance((time.time_ns() - platform.now()) / 10**9)
    return platform


@pytest.fixture
def desk(platform: NativePlatform) -> Desk:
    """Two organisations with their people, one shard of 8 places, one ticket."""
    return Desk(platform)


@pytest.fixture
def net(platform: NativePlatform, monkeypatch: pytest.MonkeyPatch) -> NativeNet:
    """The network to the canisters; who sleeps lets the canisters' time pass instead."""

    async def pass_time(seconds: float) -> None:
        platform.advance(seconds)

    monkeypatch.setattr(asyncio, "sleep", pass_time)
    return NativeNet(platform)
