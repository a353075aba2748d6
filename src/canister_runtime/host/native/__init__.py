"""Runs a canister's source in the test process over a fake system API: for unit tests, debugger and coverage."""

from canister_runtime.host.native.canister import NativeCanister
from canister_runtime.host.native.errors import Rejected
from canister_runtime.host.native.network import NativeNetwork
from canister_runtime.host.native.system import FakeSystemApi

__all__ = ["FakeSystemApi", "NativeCanister", "NativeNetwork", "Rejected"]
