"""A message changes heap, globals and stable memory as a whole or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_replica.execution import WasmtimeExecutor
from local_replica.execution.instance import WasmInstance
from local_replica.execution.port import Entry
from support.executing import query, request, run, update
from support.small_modules import compiled

PAGE = 1 << 16

SCRIPTED = """
(module
  (import "ic0" "msg_arg_data_size" (func $size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "stable64_grow" (func $stable_grow (param i64) (result i64)))
  (import "ic0" "stable64_write" (func $stable_write (param i64 i64 i64)))
  (memory 2 16)
  (data (i32.const 70000) "initial")
  (global $n (mut i32) (i32.const 7))
  (global $x (mut f64) (f64.const 0.5))
  (func $do (param $op i32) (param $at i32) (param $value i32)
    (if (i32.eq (local.get $op) (i32.const 0)) (then (i32.store (local.get $at) (local.get $value))))
    (if (i32.eq (local.get $op) (i32.const 1)) (then (drop (memory.grow (i32.const 1)))))
    (if (i32.eq (local.get $op) (i32.const 2)) (then
      (global.set $n (i32.add (global.get $n) (local.get $value)))
      (global.set $x (f64.add (global.get $x) (f64.const 1)))))
    (if (i32.eq (local.get $op) (i32.const 3)) (then (drop (call $stable_grow (i64.const 1)))))
    (if (i32.eq (local.get $op) (i32.const 4)) (then
      (i32.store (i32.const 0) (local.get $value))
      (call $stable_write (i64.extend_i32_u (local.get $at)) (i64.const 0) (i64.const 4))))
    (if (i32.eq (local.get $op) (i32.const 5)) (then unreachable)))
  (func $run (local $i i32)
    (loop $next
      (if (i32.lt_u (local.get $i) (call $size)) (then
        (call $copy (i32.const 16) (local.get $i) (i32.const 9))
        (call $do (i32.load8_u (i32.const 16)) (i32.load (i32.const 17)) (i32.load (i32.const 21)))
        (local.set $i (i32.add (local.get $i) (i32.const 9)))
        (br $next))))
    (i32.store (i32.const 32) (global.get $n))
    (call $append (i32.const 32) (i32.const 4))
    (call $reply))
  (func (export "canister_update run") (call $run))
  (func (export "canister_query run_query") (call $run)))
"""

Operation = tuple[int, int, int]


class Model:
    """What the module's state should be."""

    def __init__(self) -> None:
        self.heap = bytearray(2 * PAGE)
        self.heap[70000:70007] = b"initial"
        self.stable = bytearray()
        self.number = 7

    def copy(self) -> "Model":
        twin = Model()
        twin.heap, twin.stable, twin.number = bytearray(self.heap), bytearray(self.stable), self.number
        return twin

    def run(self, script: list[Operation]) -> bool:
        """False where it traps; then `self` is in pieces."""
        for operation, at, value in script:
            self.heap[16:25] = bytes([operation]) + at.to_bytes(4, "little") + value.to_bytes(4, "little")
            if not self._do(operation, at, value.to_bytes(4, "little"), value):
                return False
        self.heap[32:36] = self.number.to_bytes(4, "little")
        return True

    def _do(self, operation: int, at: int, content: bytes, value: int) -> bool:
        if operation == 5:
            return False
        if operation == 0:
            return _store(self.heap, at, content)
        if operation == 1 and len(self.heap) < 16 * PAGE:
            self.heap.extend(bytes(PAGE))
        if operation == 2:
            self.number = (self.number + value) % (1 << 32)
        if operation == 3:
            self.stable.extend(bytes(PAGE))
        if operation == 4:
            self.heap[0:4] = content
            return _store(self.stable, at, content)
        return True


def _store(memory: bytearray, at: int, content: bytes) -> bool:
    if at + 4 > len(memory):
        return False
    memory[at : at + 4] = content
    return True


def script_bytes(script: list[Operation]) -> bytes:
    return b"".join(
        bytes([operation]) + at.to_bytes(4, "little") + value.to_bytes(4, "little") for operation, at, value in script
    )


operations = st.one_of(
    st.tuples(st.just(0), st.integers(64, 4 * PAGE), st.integers(0, 2**32 - 1)),
    st.tuples(st.sampled_from((1, 2, 3)), st.just(0), st.integers(0, 2**32 - 1)),
    st.tuples(st.just(4), st.integers(0, 2 * PAGE), st.integers(0, 2**32 - 1)),
    st.tuples(st.sampled_from((5, 6, 6)), st.just(0), st.just(0)),
)
messages = st.lists(
    st.tuples(st.sampled_from(("update", "query", "taken back")), st.lists(operations, max_size=8)), max_size=12
)


@pytest.fixture(scope="module", params=["copy-on-write", "compared"])
def executor(request: pytest.FixtureRequest) -> Iterator[WasmtimeExecutor]:
    executor = WasmtimeExecutor()
    if request.param == "compared":
        executor = WasmtimeExecutor(copy_on_write=False)
    return executor


def _same(instance: WasmInstance, model: Model) -> None:
    state = instance.dump()
    assert state.heap == bytes(model.heap)
    assert state.stable == bytes(model.stable)
    assert state.globals[0] == model.number


@given(messages)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_messages_leave_what_a_plain_model_says(
    executor: WasmtimeExecutor, messages: list[tuple[str, list[Operation]]]
) -> None:
    instance = executor.instantiate(compiled(SCRIPTED))
    model = Model()
    for kind, script in messages:
        after = model.copy()
        completes = after.run(script)
        method, entry = ("run_query", Entry.QUERY) if kind == "query" else ("run", Entry.UPDATE)
        outcome = instance.execute(request(entry, method, script_bytes(script)))
        assert (outcome.error is None) == completes
        if completes:
            assert outcome.reply == after.number.to_bytes(4, "little")
            if kind == "update":
                instance.commit()
                model = after
            else:
                instance.rollback()
        _same(instance, model)
    _same(instance, model)
    instance.close()


@given(messages)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_dirty_pages_of_all_messages_make_up_the_state(
    executor: WasmtimeExecutor, messages: list[tuple[str, list[Operation]]]
) -> None:
    instance = executor.instantiate(compiled(SCRIPTED))
    heap, stable, numbers = bytearray(), bytearray(), ()
    for _, script in [("update", []), *messages]:
        update(instance, "run", script_bytes(script))
        delta = instance.take_dirty()
        heap.extend(bytes(delta.heap_size - len(heap)))
        stable.extend(bytes(delta.stable_size - len(stable)))
        for memory, pages in ((heap, delta.heap_pages), (stable, delta.stable_pages)):
            for page, content in pages.items():
                memory[page * 4096 : page * 4096 + 4096] = content
        numbers = delta.globals
    state = instance.dump()
    assert (bytes(heap), bytes(stable), numbers) == (state.heap, state.stable, state.globals)
    instance.close()


def test_an_untouched_instance_has_nothing_new_to_store(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(compiled(SCRIPTED))
    assert instance.take_dirty().heap_pages
    delta = instance.take_dirty()
    assert not delta.heap_pages
    assert not delta.stable_pages
    query(instance, "run_query", script_bytes([(0, 5000, 1)]))
    assert not instance.take_dirty().heap_pages


def test_a_restored_instance_goes_on_where_the_dumped_one_was(executor: WasmtimeExecutor) -> None:
    first = executor.instantiate(compiled(SCRIPTED))
    update(first, "run", script_bytes([(1, 0, 0), (0, 140000, 9), (2, 0, 5), (3, 0, 0), (4, 10, 77)]))
    second = executor.restore(compiled(SCRIPTED), first.dump())
    assert second.dump() == first.dump()
    outcome = update(second, "run", script_bytes([(2, 0, 1)]))
    assert outcome.reply == (13).to_bytes(4, "little")
    assert second.heap_bytes() == 3 * PAGE
    assert second.stable_bytes() == PAGE


def test_a_state_of_another_module_is_not_restored(executor: WasmtimeExecutor) -> None:
    state = executor.instantiate(compiled(SCRIPTED)).dump()
    with pytest.raises(ValueError, match="another module"):
        executor.restore(compiled("(module (memory 2))"), state)


def test_stable_memory_is_kept_over_an_upgrade(executor: WasmtimeExecutor) -> None:
    first = executor.instantiate(compiled(SCRIPTED))
    update(first, "run", script_bytes([(3, 0, 0), (4, 100, 0x01020304)]))
    second = executor.instantiate(compiled(SCRIPTED), stable=first.dump().stable)
    assert second.dump().stable == first.dump().stable
    assert second.dump().globals[0] == 7


def test_a_message_taken_back_by_the_scheduler_leaves_nothing(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(compiled(SCRIPTED))
    before = instance.dump()
    outcome = instance.execute(
        request(Entry.UPDATE, "run", script_bytes([(1, 0, 0), (2, 0, 3), (3, 0, 0), (0, 100, 1)]))
    )
    assert outcome.error is None
    instance.rollback()
    assert instance.dump() == before
    assert run(instance, Entry.UPDATE, "run").reply == (7).to_bytes(4, "little")


def test_instances_on_several_threads_do_not_disturb_each_other(executor: WasmtimeExecutor) -> None:
    def work(seed: int) -> bool:
        instance = executor.instantiate(compiled(SCRIPTED))
        model = Model()
        for step in range(60):
            script = [(0, 64 + (seed * 977 + step * 4099) % (2 * PAGE - 70), seed * step), (2, 0, seed)]
            if step % 3:
                model.run(script)
                update(instance, "run", script_bytes(script))
            else:
                query(instance, "run_query", script_bytes(script))
        state = instance.dump()
        instance.close()
        return state.heap == bytes(model.heap) and state.globals[0] == model.number

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(work, range(1, 9)))


def test_a_long_row_of_messages_leaves_what_a_plain_model_says(executor: WasmtimeExecutor) -> None:
    instance, model = executor.instantiate(compiled(SCRIPTED)), Model()
    for number in range(100):
        script = [(0, 64 + number * 1009 % PAGE, number), (2, 0, 1)]
        if number % 3:
            update(instance, "run", script_bytes(script))
            model.run(script)
        else:
            query(instance, "run_query", script_bytes(script))
        _same(instance, model)
