"""Where compiled code is kept between processes of one user (XDG Base Directory specification)."""

import os
from pathlib import Path


def code_cache() -> Path:
    """`$XDG_CACHE_HOME/local-replica`, by default `~/.cache/local-replica`."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "local-replica"
