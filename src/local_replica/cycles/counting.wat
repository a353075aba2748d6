;; Counts the instructions of a code section as the replica compiles it: its own, and those that metering adds.
;; A byte for each opcode (at 0), for those behind 0xFC (at 256) and behind 0xFD (at 512), written by the host:
;; bits 0-3 what follows the opcode, bit 4 it costs something, bits 5-6 it ends a basic block (1: a loop begins),
;; bit 7 metering looks at its length.
(module
  (memory (export "memory") 1)
  (global $at (mut i32) (i32.const 0))

  (func $number (result i32) (local $value i32) (local $shift i32) (local $byte i32)
    (loop $more
      (local.set $byte (i32.load8_u (global.get $at)))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))
      (if (i32.lt_u (local.get $shift) (i32.const 32))
        (then (local.set $value
          (i32.or (local.get $value) (i32.shl (i32.and (local.get $byte) (i32.const 127)) (local.get $shift))))))
      (local.set $shift (i32.add (local.get $shift) (i32.const 7)))
      (br_if $more (i32.and (local.get $byte) (i32.const 128))))
    (local.get $value))

  (func $skip (param $bytes i32) (global.set $at (i32.add (global.get $at) (local.get $bytes))))

  (func $numbers (param $count i32)
    (loop $more
      (if (local.get $count)
        (then
          (drop (call $number))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br $more)))))

  ;; what follows an opcode
  (func $immediates (param $kind i32)
    (block $select (block $lane_load (block $byte (block $sixteen (block $eight (block $four (block $table (block $two
      (block $one (block $none
        (br_table $none $one $two $table $four $eight $sixteen $byte $lane_load $select $none (local.get $kind)))
        (return))
      (drop (call $number)) (return))
      (call $numbers (i32.const 2)) (return))
      (call $numbers (i32.add (call $number) (i32.const 1))) (return))
      (call $skip (i32.const 4)) (return))
      (call $skip (i32.const 8)) (return))
      (call $skip (i32.const 16)) (return))
      (call $skip (i32.const 1)) (return))
      (call $numbers (i32.const 2)) (call $skip (i32.const 1)) (return))
    (call $numbers (call $number)))

  ;; `measured`: instructions put before one whose length metering looks at
  (func (export "count") (param $start i32) (param $measured i64) (result i64)
    (local $functions i32) (local $end i32) (local $groups i32) (local $opcode i32) (local $flags i32)
    (local $costs i32) (local $entry i32) (local $sum i64)
    (global.set $at (local.get $start))
    (local.set $functions (call $number))
    (block $done (loop $function
      (br_if $done (i32.eqz (local.get $functions)))
      (local.set $functions (i32.sub (local.get $functions) (i32.const 1)))
      (local.set $end (call $number))
      (local.set $end (i32.add (local.get $end) (global.get $at)))
      (local.set $groups (call $number))
      (block $code (loop $locals
        (br_if $code (i32.eqz (local.get $groups)))
        (drop (call $number))
        (call $skip (i32.const 1))
        (local.set $groups (i32.sub (local.get $groups) (i32.const 1)))
        (br $locals)))
      (local.set $entry (i32.const 1))
      (local.set $costs (i32.const 16))
      (loop $instruction
        (br_if $function (i32.ge_u (global.get $at) (local.get $end)))
        (local.set $opcode (i32.load8_u (global.get $at)))
        (call $skip (i32.const 1))
        (local.set $flags (i32.load8_u (local.get $opcode)))
        (local.set $sum (i64.add (local.get $sum) (i64.const 1)))
        (if (i32.eq (local.get $opcode) (i32.const 0xFC))
          (then (local.set $flags (i32.load8_u (i32.add (i32.const 256) (i32.and (call $number) (i32.const 255)))))))
        (if (i32.eq (local.get $opcode) (i32.const 0xFD))
          (then (local.set $flags (i32.load8_u (i32.add (i32.const 512) (i32.and (call $number) (i32.const 511)))))))
        (if (i32.eq (local.get $opcode) (i32.const 0x40))
          (then (local.set $sum (i64.add (local.get $sum) (i64.const 3)))))
        (if (i32.and (local.get $flags) (i32.const 128))
          (then (local.set $sum (i64.add (local.get $sum) (local.get $measured)))))
        (local.set $costs (i32.or (local.get $costs) (i32.and (local.get $flags) (i32.const 16))))
        (if (i32.and (local.get $flags) (i32.const 96))
          (then
            (if (local.get $entry)
              (then (local.set $sum (i64.add (local.get $sum) (i64.const 10))))
              (else (if (local.get $costs) (then (local.set $sum (i64.add (local.get $sum) (i64.const 4)))))))
            (local.set $entry (i32.and (local.get $flags) (i32.const 32)))
            (local.set $costs (i32.const 0))))
        (call $immediates (i32.and (local.get $flags) (i32.const 15)))
        (br $instruction))))
    (local.get $sum))
)
