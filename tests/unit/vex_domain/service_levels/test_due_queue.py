"""The due queue agrees with a dict that is searched whole."""

from hypothesis import given
from hypothesis import strategies as st

from vex_domain.service_levels.due_queue import DueQueue


@given(st.lists(st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(0, 50))), max_size=120))
def test_the_queue_agrees_with_a_dict(changes: list[tuple[int, int | None]]) -> None:
    queue = DueQueue()
    model: dict[int, int] = {}
    for position, second in changes:
        if second is None:
            queue.remove(position)
            model.pop(position, None)
        else:
            queue.set(position, second)
            model[position] = second
        assert queue.first() == min(((due, each) for each, due in model.items()), default=None)
        assert queue.due_of(position) == model.get(position)
        assert len(queue) == len(model)
    drained = []
    while (first := queue.first()) is not None:
        drained.append(first)
        queue.remove(first[1])
    assert drained == sorted((due, position) for position, due in model.items())
