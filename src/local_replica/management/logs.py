"""`fetch_canister_logs`: a query for those whom `log_visibility` lets read."""

from typing import Any

from local_replica.canister import Canister
from local_replica.canister_log import LogRecord
from local_replica.management.rejections import LogsForbidden
from local_replica.visibility import may_see_logs


def fetch(canister: Canister, sender: bytes, argument: dict[str, Any]) -> dict[str, object]:
    """The records that the filter lets through. Raises LogsForbidden."""
    if not may_see_logs(canister, sender):
        raise LogsForbidden(sender)
    return {
        "canister_log_records": [
            {"idx": record.index, "timestamp_nanos": record.timestamp_ns, "content": record.content}
            for record in canister.record.log.records
            if _passes(argument["filter"], record)
        ]
    }


def _passes(wanted: dict[str, dict[str, int]] | None, record: LogRecord) -> bool:
    if wanted is None:
        return True
    kind, bounds = next(iter(wanted.items()))
    value = record.index if kind == "by_idx" else record.timestamp_ns
    return bounds["start"] <= value < bounds["end"]
