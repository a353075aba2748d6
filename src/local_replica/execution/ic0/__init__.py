"""The system API (interface specification, "System API") of one instance, by theme."""

from local_replica.execution.ic0.calls import OutgoingCalls
from local_replica.execution.ic0.cycles import CycleCalls
from local_replica.execution.ic0.environment import EnvironmentCalls
from local_replica.execution.ic0.message import MessageCalls
from local_replica.execution.ic0.stable import StableCalls


class SystemCalls(MessageCalls, OutgoingCalls, CycleCalls, StableCalls, EnvironmentCalls):
    """Every function that a module may import, as a method of its name."""


__all__ = ["SystemCalls"]
