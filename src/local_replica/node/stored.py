"""The chain of a state directory: new, or as the last block left it."""

from pathlib import Path

from local_replica.config import ReplicaConfig
from local_replica.execution.port import Executor
from local_replica.node.chain import Chain
from local_replica.store import StateStore, StoreError, Unreadable, WrongSchema

_SEED = "seed"


def open_stored(directory: Path, config: ReplicaConfig, executor: Executor) -> Chain:
    """Open or create. Raises StoreError or OSError, and leaves the directory to others then."""
    store = StateStore(directory)
    try:
        _check_seed(directory, store, config.seed)
        return Chain(config, executor, store)
    except StoreError:
        store.close()
        raise
    except Exception as damage:  # reading damaged values may raise anything
        store.close()
        why = f"{type(damage).__name__}: {damage}"
        raise Unreadable(f"{directory} holds no state of this network, or a damaged one ({why})") from damage


def _check_seed(directory: Path, store: StateStore, seed: bytes) -> None:
    """A directory remembers its seed, as all keys follow from it. Raises WrongSchema for another one."""
    known = store.setting(_SEED)
    if known is None:
        store.set_setting(_SEED, seed)
    elif known != seed:
        raise WrongSchema(f"{directory} was made with seed {known.decode()!r}, not {seed.decode()!r}")
