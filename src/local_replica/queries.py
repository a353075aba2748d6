"""Queries: run on the state as it stands, leaving nothing; composite ones call further queries on their subnet."""

from collections import Counter
from collections.abc import Callable
from functools import partial

from local_replica.canister import Canister, Status
from local_replica.cycles import balance
from local_replica.entry_request import request_of
from local_replica.execution.contexts import INSTRUCTION_LIMIT
from local_replica.execution.failures import also_in_cleanup
from local_replica.execution.port import Entry, ExecutionError, Instance, Outcome, OutgoingCall, Request
from local_replica.ingress import Query
from local_replica.management import info, logs, routing
from local_replica.management.interface import Undecodable, decode_argument, encode_result
from local_replica.management.rejections import BadPayload, NotAController, UnknownQueryMethod
from local_replica.query_statistics import QueryTotals
from local_replica.queues import QUEUE_CAPACITY
from local_replica.rejections import (
    CompositeQueryAsTransform,
    ExecutionFailed,
    FrozenForQueries,
    MethodNotFound,
    NoModule,
    QueryDidNotReply,
    QueryOfStopped,
    QueryOfStopping,
    QueryTooDeep,
    QueryTooExpensive,
    RejectedByCanister,
    Rejection,
)
from local_replica.subnet import Subnet
from local_replica.visibility import may_see_logs

MAX_CALL_DEPTH = 6
CALL_OVERHEAD = 50_000_000
"""Instructions that a composite query's call takes besides those of its callee."""


def run(subnet: Subnet, query: Query) -> bytes:
    """The query's reply. Raises Rejection."""
    if query.canister_id == b"":
        return _management(subnet, query)
    return QueryGraph(subnet).evaluate(query.canister_id, query.sender, query.method, query.arg)


def _management(subnet: Subnet, query: Query) -> bytes:
    if query.method not in ("canister_status", "fetch_canister_logs"):
        raise UnknownQueryMethod(query.method)
    try:
        argument = decode_argument(query.method, query.arg)
    except Undecodable as error:
        raise BadPayload(str(error)) from None
    canister = subnet.running(argument["canister_id"])
    if query.method == "fetch_canister_logs":
        return encode_result(query.method, logs.fetch(canister, query.sender, argument))
    if query.sender not in (*canister.controllers, canister.canister_id):
        raise NotAController(canister.canister_id, canister.controllers, query.sender)
    return encode_result(query.method, info.status_of(subnet, canister))


def transform(subnet: Subnet, canister_id: bytes, method: str, arg: bytes) -> bytes:
    """Run the query that changes the response of an HTTPS outcall, on behalf of the system. Raises Rejection."""
    return QueryGraph(subnet, by_system=True).evaluate(canister_id, b"", method, arg)


class QueryGraph:
    """One query and all that it calls, depth first; a query that answers is done, whatever it called."""

    def __init__(self, subnet: Subnet, *, by_system: bool = False) -> None:
        self.subnet = subnet
        self.by_system = by_system
        self.root = b""
        """The canister that was asked: it alone sees a certificate, unless the system asks."""
        self.left = subnet.limits.call_graph
        """Instructions."""

    def evaluate(self, canister_id: bytes, caller: bytes, method: str, arg: bytes, *, depth: int = 0) -> bytes:
        """Run a query method to its answer. Raises Rejection."""
        if not depth:
            self.root = canister_id
        canister = self.subnet.running(canister_id)
        entry, instance = _prepare(canister, method)
        if self.by_system and entry is Entry.COMPOSITE_QUERY:
            raise CompositeQueryAsTransform
        if canister.balance < balance.freezing_limit(self.subnet.fees, canister):
            raise FrozenForQueries(canister.canister_id)
        talk = Conversation(self, canister, caller, depth)
        request = talk.request(Entry.COMPOSITE_QUERY if depth else entry)
        request.method, request.arg = method, arg
        outcome = talk.execute(instance, request)
        reply_bytes = len(outcome.reply or b"") if outcome.error is None else 0
        self._count(canister_id, QueryTotals(1, outcome.instructions, len(arg), reply_bytes))
        if depth:
            self.left -= CALL_OVERHEAD
        if outcome.error is not None:
            raise talk.failure(outcome.error)
        instance.rollback()
        if is_answer(outcome) or (entry is Entry.QUERY and not depth):
            return talk.told(outcome)
        return talk.converse(instance, request, outcome)

    def _count(self, canister_id: bytes, part: QueryTotals) -> None:
        if not self.by_system:
            self.subnet.query_statistics.count(self.subnet.network.clock.height, canister_id, part)

    def check(self, depth: int) -> None:
        """Whether a query at that depth may go on with what it called."""
        if depth >= MAX_CALL_DEPTH:
            raise QueryTooDeep
        if self.left <= 0:
            raise QueryTooExpensive


def is_answer(outcome: Outcome) -> bool:
    """Whether the entry point replied or rejected."""
    return outcome.reply is not None or outcome.reject is not None


class Conversation:
    """One canister's part in a query: what it called, and the state in which the answers find it."""

    def __init__(self, graph: QueryGraph, canister: Canister, caller: bytes, depth: int) -> None:
        self.graph = graph
        self.subnet = graph.subnet
        self.canister = canister
        self.caller = caller
        self.depth = depth
        self.balance = canister.record.balance
        self.instructions = 0
        self.sent: Counter[bytes] = Counter()
        """Calls by callee. Their slots are not given back."""

    def request(self, entry: Entry) -> Request:
        subnet, network, canister_id = self.subnet, self.subnet.network, self.canister.record.canister_id
        request = request_of(subnet, self.canister, entry, network.clock.time_ns)
        if canister_id == self.graph.root and not self.graph.by_system:
            request.certificate = network.certifier.data_certificate(subnet.subnet_id, canister_id)
        request.caller = self.caller
        request.balance = self.balance
        request.wasm_memory_limit = self.canister.record.settings.wasm_memory_limit
        request.reserve_output_slot = self._slots()
        request.call_fee = partial(subnet.fees.call, is_64=self.canister.is_64)
        request.instruction_limit = min(subnet.limits.query or INSTRUCTION_LIMIT[entry], self.graph.left)
        request.call_context_instructions = self.instructions
        return request

    def _slots(self) -> Callable[[bytes], bool]:
        used = Counter(self.canister.record.queues.in_flight) + self.sent

        def reserve(callee: bytes) -> bool:
            used[callee] += 1
            return used[callee] <= QUEUE_CAPACITY

        return reserve

    def execute(self, instance: Instance, request: Request) -> Outcome:
        outcome = instance.execute(request)
        self.graph.left -= outcome.instructions
        self.instructions += outcome.instructions
        return outcome

    def failure(self, error: ExecutionError) -> ExecutionFailed:
        return ExecutionFailed(self.canister.canister_id, error, backtrace=may_see_logs(self.canister, self.caller))

    def told(self, outcome: Outcome) -> bytes:
        """The answer of an entry point."""
        if outcome.reply is not None:
            return outcome.reply
        if outcome.reject is not None:
            raise RejectedByCanister(outcome.reject)
        raise QueryDidNotReply(self.canister.canister_id)

    def converse(self, instance: Instance, request: Request, first: Outcome) -> bytes:
        """What becomes of a query that has not answered yet."""
        if not first.calls:
            self.graph.check(self.depth)
            return self.told(first)
        copy = instance.fork()
        try:
            request.reserve_output_slot = self._slots()
            copy.execute(request)  # the same once more, on a copy that lives until its last callback
            return self._answered(copy, first)
        finally:
            copy.close()

    def _keep(self, copy: Instance, outcome: Outcome) -> None:
        copy.commit()
        self.balance = outcome.balance
        self.sent.update(call.callee for call in outcome.calls)

    def _answered(self, copy: Instance, first: Outcome) -> bytes:
        self._keep(copy, first)
        waiting = list(first.calls)
        unanswered = 0
        while True:
            self.graph.check(self.depth)
            if not waiting:
                raise QueryDidNotReply(self.canister.canister_id)
            callback = self._call(waiting.pop(0))
            if callback is None:
                unanswered += 1
                continue
            self.graph.check(self.depth)
            outcome = self._call_back(copy, *callback)
            waiting += outcome.calls
            if outcome.error is None and is_answer(outcome):
                return self.told(outcome)
            if outcome.error is not None and not waiting and not unanswered:
                raise self.failure(outcome.error)

    def _call(self, call: OutgoingCall) -> tuple[Request, OutgoingCall] | None:
        """The callback to run for the answer to a call; None if it is never answered."""
        try:
            callee = self._destination(call)
        except Rejection:
            return None
        try:
            reply = self.graph.evaluate(callee, self.canister.canister_id, call.method, call.arg, depth=self.depth + 1)
        except (QueryTooDeep, QueryTooExpensive):
            raise
        except Rejection as rejection:
            request = self.request(Entry.COMPOSITE_REJECT_CALLBACK)
            request.callback = call.on_reject
            request.reject_code, request.reject_message = (
                rejection.to_caller() if isinstance(rejection, RejectedByCanister) else rejection.described()
            )
            return request, call
        request = self.request(Entry.COMPOSITE_REPLY_CALLBACK)
        request.callback, request.arg = call.on_reply, reply
        return request, call

    def _destination(self, call: OutgoingCall) -> bytes:
        """Where a call goes: the management canister is a subnet, which answers no queries of canisters."""
        if not self.subnet.is_management(call.callee):
            return call.callee
        routing.check(self.subnet, call.callee, call.method, call.arg, self.canister.record.version)
        return call.callee or self.subnet.subnet_id

    def _call_back(self, copy: Instance, request: Request, call: OutgoingCall) -> Outcome:
        outcome = self.execute(copy, request)
        if outcome.error is None:
            self._keep(copy, outcome)
        elif call.on_cleanup is not None:
            cleanup = self.request(Entry.COMPOSITE_CLEANUP)
            cleanup.callback = call.on_cleanup
            cleanup.call_context_instructions = request.call_context_instructions
            cleanup.instruction_limit = max(1, (request.instruction_limit or 0) - outcome.instructions)
            second = self.execute(copy, cleanup)
            if second.error is None:
                self._keep(copy, second)
            else:
                outcome.error = also_in_cleanup(outcome.error, second.error)
            outcome.calls = []
        return outcome


def _prepare(canister: Canister, method: str) -> tuple[Entry, Instance]:
    """The entry point for a query method, once the canister is able to run it."""
    if canister.record.status is Status.STOPPED:
        raise QueryOfStopped(canister.canister_id)
    if canister.record.status is Status.STOPPING:
        raise QueryOfStopping(canister.canister_id)
    if canister.instance is None:
        raise NoModule(canister.canister_id)
    if f"canister_query {method}" in canister.exports:
        return Entry.QUERY, canister.instance
    if f"canister_composite_query {method}" in canister.exports:
        return Entry.COMPOSITE_QUERY, canister.instance
    raise MethodNotFound(canister.canister_id, "query", method)
