"""The steps by which a relation of two tickets comes about though each may stand at another shard.

Prepare both (each is locked and checked), and only then apply to both; a refusal before that takes both locks away, and
afterwards nothing can refuse. Each step may run twice. `first` is the child, the merged source or the side
that a link is named from; `second` the parent, the target or the other side.
"""

LINK = "link"
UNLINK = "unlink"
MERGE = "merge"
KINDS = (LINK, UNLINK, MERGE)

PREPARE_FIRST = "prepare_first"
PREPARE_SECOND = "prepare_second"
CANCEL_FIRST = "cancel_first"
CANCEL_SECOND = "cancel_second"
COPY = "copy"
APPLY_SECOND = "apply_second"
APPLY_FIRST = "apply_first"
DONE = "done"
REFUSED = "refused"
ENDS = (DONE, REFUSED)


def first_step() -> str:
    """Where every saga begins."""
    return PREPARE_FIRST


def step_after(kind: str, step: str, refused: bool) -> str:
    """The step that follows one which was done, or which the shard has `refused` for good."""
    if refused:
        # A refusal may follow a lost reply that left a lock, so both locks are taken away.
        return CANCEL_FIRST
    if step == PREPARE_SECOND and kind == MERGE:
        return COPY
    return {
        PREPARE_FIRST: PREPARE_SECOND,
        PREPARE_SECOND: APPLY_SECOND,
        CANCEL_FIRST: CANCEL_SECOND,
        CANCEL_SECOND: REFUSED,
        COPY: APPLY_SECOND,
        APPLY_SECOND: APPLY_FIRST,
        APPLY_FIRST: DONE,
    }[step]


def can_refuse(step: str) -> bool:
    """Whether an answer with an error ends the saga (else it is tried again)."""
    return step in (PREPARE_FIRST, PREPARE_SECOND)
