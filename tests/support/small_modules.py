"""Small canisters in WebAssembly text, one subject each."""

from functools import cache

import wasmtime


@cache
def compiled(text: str) -> bytes:
    """The module as bytes."""
    return bytes(wasmtime.wat2wasm(text))


COUNTER = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (import "ic0" "stable_grow" (func $grow (param i32) (result i32)))
  (import "ic0" "stable_size" (func $size (result i32)))
  (import "ic0" "stable_read" (func $read (param i32 i32 i32)))
  (import "ic0" "stable_write" (func $write (param i32 i32 i32)))
  (memory 1)
  (data (i32.const 100) "enough")
  (global $count (mut i32) (i32.const 0))
  (func $one_more
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (if (i32.eqz (call $size)) (then (drop (call $grow (i32.const 1)))))
    (call $read (i32.const 8) (i32.const 0) (i32.const 4))
    (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
    (call $write (i32.const 0) (i32.const 8) (i32.const 4)))
  (func $tell
    (i32.store (i32.const 4) (global.get $count))
    (if (call $size) (then (call $read (i32.const 8) (i32.const 0) (i32.const 4))))
    (call $append (i32.const 0) (i32.const 12))
    (call $reply))
  (func (export "canister_update inc") (call $one_more) (call $tell))
  (func (export "canister_query get") (call $tell))
  (func (export "canister_query get_and_inc") (call $one_more) (call $tell))
  (func (export "canister_update inc_and_trap") (call $one_more) (call $trap (i32.const 100) (i32.const 6)))
  (func (export "canister_update inc_and_hang") (call $one_more) (loop $again (br $again)))
)
"""
"""Counts in heap, in a global and in stable memory; tells all three as little-endian 32-bit numbers."""

RELAY = """
(module
  (import "ic0" "msg_arg_data_size" (func $size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reject_code" (func $code (result i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (table funcref (elem $answered $refused))
  (memory 1)
  (func $answered (param i32)
    (call $copy (i32.const 1000) (i32.const 0) (call $size))
    (call $append (i32.const 1000) (call $size))
    (call $reply))
  (func $refused (param i32)
    (i32.store8 (i32.const 1000) (call $code))
    (call $append (i32.const 1000) (i32.const 1))
    (call $reply))
  (func (export "canister_update relay")
    (call $copy (i32.const 0) (i32.const 0) (call $size))
    (call $new (i32.const 0) (i32.const 10) (i32.const 10) (i32.sub (call $size) (i32.const 10))
      (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
    (drop (call $perform)))
)
"""
"""Calls the canister (10 bytes) and method of its argument; answers with the reply, or with the reject code alone."""

ALARM = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "time" (func $time (result i64)))
  (import "ic0" "global_timer_set" (func $set (param i64) (result i64)))
  (memory 1)
  (func (export "canister_update arm_in_a_minute")
    (drop (call $set (i64.add (call $time) (i64.const 60000000000))))
    (call $reply))
  (func (export "canister_global_timer") (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1))))
  (func (export "canister_query rung") (call $append (i32.const 0) (i32.const 1)) (call $reply))
)
"""
"""Rings once, a minute after it was armed."""

DOORMAN = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "accept_message" (func $accept))
  (import "ic0" "msg_method_name_size" (func $size (result i32)))
  (func (export "canister_inspect_message") (if (i32.eq (call $size) (i32.const 4)) (then (call $accept))))
  (func (export "canister_update open") (call $reply))
  (func (export "canister_update closed") (call $reply))
)
"""
"""Lets in only methods whose name has four letters."""


PROXY = """
(module
  (import "ic0" "msg_arg_data_size" (func $size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reject_code" (func $code (result i32)))
  (import "ic0" "msg_reject_msg_size" (func $reject_size (result i32)))
  (import "ic0" "msg_reject_msg_copy" (func $reject_copy (param i32 i32 i32)))
  (import "ic0" "msg_cycles_refunded" (func $refunded (result i64)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_data_append" (func $data (param i32 i32)))
  (import "ic0" "call_cycles_add" (func $cycles (param i64)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (table funcref (elem $answered $refused))
  (memory 100)
  (func $answered (param i32)
    (i32.store8 (i32.const 0) (i32.const 0))
    (i64.store (i32.const 1) (call $refunded))
    (call $copy (i32.const 9) (i32.const 0) (call $size))
    (call $append (i32.const 0) (i32.add (i32.const 9) (call $size)))
    (call $reply))
  (func $refused (param i32)
    (i32.store8 (i32.const 0) (call $code))
    (i64.store (i32.const 1) (call $refunded))
    (call $reject_copy (i32.const 9) (i32.const 0) (call $reject_size))
    (call $append (i32.const 0) (i32.add (i32.const 9) (call $reject_size)))
    (call $reply))
  (func (export "canister_update call")
    (call $copy (i32.const 0) (i32.const 0) (call $size))
    (call $new (i32.const 64) (i32.load8_u (i32.const 0)) (i32.const 96) (i32.load8_u (i32.const 1))
      (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
    (call $cycles (i64.load (i32.const 8)))
    (call $data (i32.const 192) (i32.sub (call $size) (i32.const 192)))
    (drop (call $perform)))
  (func (export "canister_query same")
    (call $copy (i32.const 0) (i32.const 0) (call $size))
    (call $append (i32.const 0) (call $size))
    (call $reply))
  (func (export "canister_query trapping") unreachable)
  (func (export "canister_composite_query composite") (call $reply))
)
"""
"""Makes the call that its argument describes (`support.replicas.call_through`) and tells how it was answered."""

HANGING = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (func (export "canister_update hang") (local $n i64)
    (loop $again
      (local.set $n (i64.add (local.get $n) (i64.const 1)))
      (br_if $again (i64.lt_u (local.get $n) (i64.const 300000000))))
    (call $reply)))
"""
"""Takes a second or so to answer."""


CRAMPED = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (memory 1)
  (func (export "canister_update grow") (drop (memory.grow (i32.const 1))) (call $reply))
  (func (export "canister_on_low_wasm_memory")
    (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1))))
  (func (export "canister_query told") (call $append (i32.const 0) (i32.const 1)) (call $reply))
)
"""
"""Grows by a page; counts how often it was told to be low on memory."""


WORKER = """
(module
  (import "ic0" "msg_arg_data_size" (func $size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reject_code" (func $code (result i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_data_append" (func $data (param i32 i32)))
  (import "ic0" "call_with_best_effort_response" (func $give_up_after (param i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (import "ic0" "call_cycles_add" (func $cycles (param i64)))
  (import "ic0" "msg_cycles_accept" (func $accept (param i64) (result i64)))
  (import "ic0" "certified_data_set" (func $certify (param i32 i32)))
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (import "ic0" "time" (func $time (result i64)))
  (import "ic0" "global_timer_set" (func $timer (param i64) (result i64)))
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
  (import "ic0" "stable64_size" (func $pages (result i64)))
  (import "ic0" "stable64_write" (func $write (param i64 i64 i64)))
  (table funcref (elem $answered $refused))
  (memory 2)
  (data (i32.const 100) "enough")
  (data (i32.const 200) "pass_on")
  (func $one_more
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
    (if (i64.eqz (call $pages)) (then (drop (call $grow (i64.const 1)))))
    (call $write (i64.extend_i32_u (i32.load (i32.const 0))) (i64.const 0) (i64.const 4))
    (call $certify (i32.const 0) (i32.const 4))
    (call $print (i32.const 0) (i32.const 4)))
  (func $work (local $turns i32)
    (drop (call $accept (i64.const 1000)))
    (if (i32.eq (call $size) (i32.const 4)) (then (call $copy (i32.const 4) (i32.const 0) (i32.const 4))))
    (local.set $turns (i32.load (i32.const 4)))
    (loop $again
      (i32.store (i32.add (i32.const 65536) (i32.and (local.get $turns) (i32.const 0xfffc))) (local.get $turns))
      (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
      (br_if $again (i32.gt_s (local.get $turns) (i32.const 0))))
    (call $one_more))
  (func $tell (call $append (i32.const 0) (i32.const 8)) (call $reply))
  (func $answered (param i32) (call $one_more) (call $tell))
  (func $refused (param i32) (i32.store8 (i32.const 4) (call $code)) (call $one_more) (call $tell))
  (func (export "canister_update work") (call $work) (call $tell))
  (func (export "canister_update work_and_trap") (call $work) (call $trap (i32.const 100) (i32.const 6)))
  (func (export "canister_update ring") (call $one_more) (drop (call $timer (call $time))) (call $tell))
  (func (export "canister_global_timer") (call $one_more))
  (func (export "canister_update grow")
    (drop (memory.grow (i32.const 1))) (drop (call $grow (i64.const 1))) (call $one_more) (call $tell))
  (func (export "canister_update hang") (call $one_more) (loop $again (br $again)))
  (func (export "canister_pre_upgrade") (call $one_more))
  (func (export "canister_post_upgrade") (call $one_more)
    (if (call $size) (then (call $trap (i32.const 100) (i32.const 6)))))
  (func (export "canister_update relay")
    (call $copy (i32.const 1000) (i32.const 0) (call $size))
    (call $new (i32.const 1000) (i32.const 10) (i32.const 1010) (i32.sub (call $size) (i32.const 10))
      (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
    (call $cycles (i64.const 2000))
    (drop (call $perform)))
  (func (export "canister_update flood") (local $left i32)
    (local.set $left (i32.const 20))
    (call $copy (i32.const 1000) (i32.const 0) (call $size))
    (loop $again
      (call $new (i32.const 1000) (i32.const 10) (i32.const 1010) (i32.sub (call $size) (i32.const 10))
        (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
      (call $give_up_after (i32.const 1))
      (drop (call $perform))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))
  (func (export "canister_update pass_on")
    (call $work)
    (call $copy (i32.const 1000) (i32.const 0) (call $size))
    (if (i32.eqz (i32.load8_u (i32.const 1010))) (then (call $tell) (return)))
    (i32.store8 (i32.const 1010) (i32.sub (i32.load8_u (i32.const 1010)) (i32.const 1)))
    (call $new (i32.const 1000) (i32.const 10) (i32.const 200) (i32.const 7)
      (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
    (call $data (i32.const 1011) (i32.sub (call $size) (i32.const 11)))
    (call $data (i32.const 1000) (i32.const 11))
    (call $cycles (i64.const 2000))
    (drop (call $perform)))
)
"""
"""Counts on its heap and in stable memory, certifies and logs the count; works as many turns as it is told to.

`pass_on` takes canisters with the turns that each has left, and passes the list on until one has none.
"""
