"""Sources that Kybra refuses or compiles wrongly: the rule that refuses them, the file and line, the source."""

from support.rejected_sources import bundles, methods, syntax, types
from support.rejected_sources.cases import Rejected

REJECTED: dict[str, Rejected] = {**syntax.REJECTED, **types.REJECTED, **methods.REJECTED, **bundles.REJECTED}

__all__ = ["REJECTED", "Rejected"]
