"""Queries: run on the state as it stands, leaving nothing; composite ones call further queries on their subnet."""

from local_replica.canister import Canister, Status
from local_replica.cycles import balance
from local_replica.cycles.costs import PublishedCosts
from local_replica.execution.port import Entry, ExecutionError, Instance, Outcome, OutgoingCall, Request
from local_replica.ingress import Query
from local_replica.management import info, logs
from local_replica.management.interface import Undecodable, decode_argument, encode_result
from local_replica.management.rejections import BadPayload, NotAController, UnknownQueryMethod
from local_replica.query_statistics import QueryTotals
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
from local_replica.rounds.executing import NO_CALLBACK
from local_replica.subnet import Subnet
from local_replica.visibility import may_see_logs

MAX_CALL_DEPTH = 6


def run(subnet: Subnet, query: Query) -> bytes:
    """The query's reply. Raises Rejection."""
    if query.canister_id == b"":
        return _management(subnet, query)
    return QueryGraph(subnet).evaluate(query.canister_id, query.sender, query.method, query.arg, depth=0)


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
    canister = subnet.running(canister_id)
    if f"canister_composite_query {method}" in canister.exports:
        raise CompositeQueryAsTransform
    return QueryGraph(subnet, is_counted=False).evaluate(canister_id, b"", method, arg, depth=0)


class QueryGraph:
    """One query and all that it calls."""

    def __init__(self, subnet: Subnet, *, is_counted: bool = True) -> None:
        self.subnet = subnet
        self._is_counted = is_counted
        self.now_ns = subnet.network.clock.time_ns
        self.instructions = 0

    def evaluate(self, canister_id: bytes, caller: bytes, method: str, arg: bytes, *, depth: int) -> bytes:
        """Run a query method to its answer. Raises Rejection."""
        canister = self.subnet.running(canister_id)
        entry, instance = _prepare(self.subnet, canister, method)
        request = self._request(canister, entry, caller)
        request.method, request.arg = method, arg
        reply = b""
        try:
            reply = self._run(canister, instance, request, depth)
        finally:
            self._count(canister_id, QueryTotals(1, 0, len(arg), len(reply)))
        return reply

    def _count(self, canister_id: bytes, part: QueryTotals) -> None:
        if self._is_counted:
            self.subnet.query_statistics.count(self.subnet.network.clock.height, canister_id, part)

    def _run(self, canister: Canister, instance: Instance, request: Request, depth: int) -> bytes:
        outcome = self._execute(instance, request)
        if outcome.error is not None:
            raise self._failure(canister, outcome.error, request.caller)
        instance.rollback()
        if outcome.calls:
            return self._call_out(canister, instance, request, depth)
        return self._told(canister, outcome)

    def _request(self, canister: Canister, entry: Entry, caller: bytes) -> Request:
        record = canister.record
        network = self.subnet.network
        return Request(
            entry=entry,
            canister_id=record.canister_id,
            time=self.now_ns,
            caller=caller,
            balance=record.balance,
            controllers=record.controllers,
            canister_version=record.version,
            status=int(record.status),
            certificate=network.certifier.data_certificate(self.subnet.subnet_id, record.canister_id),
            environment_variables=record.settings.environment_variables,
            subnet_id=self.subnet.subnet_id,
            freezing_limit=balance.freezing_limit(self.subnet.fees, canister),
            wasm_memory_limit=record.settings.wasm_memory_limit,
            costs=PublishedCosts(self.subnet.fees, canister.is_64),
            root_key=network.config.root_key,
            instruction_limit=self.subnet.limits.query,
        )

    def _execute(self, instance: Instance, request: Request) -> Outcome:
        outcome = instance.execute(request)
        self.instructions += outcome.instructions
        self._count(request.canister_id, QueryTotals(instructions=outcome.instructions))
        if self.instructions > self.subnet.limits.call_graph:
            if outcome.error is None:
                instance.rollback()
            raise QueryTooExpensive
        return outcome

    def _failure(self, canister: Canister, error: ExecutionError, caller: bytes) -> ExecutionFailed:
        return ExecutionFailed(canister.canister_id, error, backtrace=may_see_logs(canister, caller))

    def _told(self, canister: Canister, outcome: Outcome) -> bytes:
        if outcome.reply is not None:
            return outcome.reply
        if outcome.reject is not None:
            raise RejectedByCanister(outcome.reject)
        raise QueryDidNotReply(canister.canister_id)

    # calls of composite queries

    def _call_out(self, canister: Canister, instance: Instance, request: Request, depth: int) -> bytes:
        """Run a composite query that makes calls once more, on a copy that lives until its last callback."""
        module = canister.record.module
        if module is None:
            raise NoModule(canister.canister_id)
        network = self.subnet.network
        copy = network.executor.restore(network.blobs[module.blob], instance.dump())
        try:
            return self._converse(canister, copy, request, depth)
        finally:
            copy.close()

    def _converse(self, canister: Canister, copy: Instance, request: Request, depth: int) -> bytes:
        outcome = self._execute(copy, request)
        answered = outcome
        waiting = list(outcome.calls)
        copy.commit()
        while waiting:
            outcome = self._call_back(canister, copy, waiting.pop(0), request.caller, depth)
            waiting += outcome.calls
            if outcome.reply is not None or outcome.reject is not None:
                answered = outcome
        return self._told(canister, answered)

    def _call_back(self, canister: Canister, copy: Instance, call: OutgoingCall, caller: bytes, depth: int) -> Outcome:
        request = self._answered(canister, call, caller, depth)
        if request.callback is None or request.callback.function == NO_CALLBACK:
            return Outcome()
        outcome = self._execute(copy, request)
        if outcome.error is None:
            copy.commit()
            return outcome
        if call.on_cleanup is not None:
            cleanup = self._request(canister, Entry.COMPOSITE_CLEANUP, caller)
            cleanup.callback = call.on_cleanup
            if self._execute(copy, cleanup).error is None:
                copy.commit()
        raise self._failure(canister, outcome.error, caller)

    def _answered(self, canister: Canister, call: OutgoingCall, caller: bytes, depth: int) -> Request:
        """The callback to run for the answer to a call."""
        if depth >= MAX_CALL_DEPTH:
            raise QueryTooDeep
        try:
            reply = self.evaluate(call.callee, canister.canister_id, call.method, call.arg, depth=depth + 1)
        except (QueryTooDeep, QueryTooExpensive):
            raise
        except Rejection as rejection:
            request = self._request(canister, Entry.COMPOSITE_REJECT_CALLBACK, caller)
            request.callback = call.on_reject
            request.reject_code, request.reject_message = rejection.to_caller()
            return request
        request = self._request(canister, Entry.COMPOSITE_REPLY_CALLBACK, caller)
        request.callback, request.arg = call.on_reply, reply
        return request


def _prepare(subnet: Subnet, canister: Canister, method: str) -> tuple[Entry, Instance]:
    """The entry point for a query method, once the canister is able to run it."""
    if canister.record.status is Status.STOPPED:
        raise QueryOfStopped(canister.canister_id)
    if canister.record.status is Status.STOPPING:
        raise QueryOfStopping(canister.canister_id)
    if canister.instance is None:
        raise NoModule(canister.canister_id)
    if canister.balance < balance.freezing_limit(subnet.fees, canister):
        raise FrozenForQueries(canister.canister_id)
    if f"canister_query {method}" in canister.exports:
        return Entry.QUERY, canister.instance
    if f"canister_composite_query {method}" in canister.exports:
        return Entry.COMPOSITE_QUERY, canister.instance
    raise MethodNotFound(canister.canister_id, "query", method)
