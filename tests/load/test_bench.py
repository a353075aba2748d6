"""The benchmark measures all that it promises, here at tiny sizes."""

import asyncio

import pytest
from benchmarks.files import measured_files
from benchmarks.operations import measured_operations
from benchmarks.product import measured_growth, measured_product, modules
from benchmarks.throughput import measured_http, measured_replica

IN_INSTRUCTIONS = {
    *("noop_update", "record_echo", "map_get", "map_insert", "map_overwrite", "map_remove", "sha256_1k", "await"),
    *("create_ticket_direct", "create_ticket_facade", "get_ticket", "list_tickets", "add_comment"),
    *("init", "upgrade_empty", "upgrade_full"),
    *("put_chunk", "finish_upload", "read_chunk", "download"),
}
IN_BYTES = {"module", "ticket_heap", "ticket_stable"}
A_SECOND = {"replica_updates", "replica_traps", "replica_queries", "http_noops", "http_updates", "http_queries"}
IN_MILLISECONDS = {"install_first", "install_tenth", "growth_16"}


@pytest.mark.slow
def test_every_figure_is_measured() -> None:
    measured = [
        *asyncio.run(measured_operations(entries=300)),
        *asyncio.run(measured_product(modules(), tickets=60, samples=4)),
        *asyncio.run(measured_files(modules(), repeats=1)),
        *asyncio.run(measured_growth(modules(), shard_count=10, capacity=8)),
        *asyncio.run(measured_replica(seconds=0.1)),
        *asyncio.run(measured_http(seconds=0.1)),
    ]
    assert {figure.name for figure in measured if figure.instructions} == IN_INSTRUCTIONS
    assert {figure.name for figure in measured if figure.bytes is not None} == IN_BYTES
    assert {figure.name for figure in measured if figure.per_second} == A_SECOND
    assert {figure.name for figure in measured if figure.ms} >= IN_MILLISECONDS
    assert len(measured) == len(IN_INSTRUCTIONS | IN_BYTES | A_SECOND | IN_MILLISECONDS)
