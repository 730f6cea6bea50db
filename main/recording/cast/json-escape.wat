;; Bytes of UTF-8 as the inside of a JSON string, 16 at a time. `npm run wasm` writes json-escape-code.ts.
(module
  (memory (export "memory") 8)

  ;; At 0: for each byte value 8 bytes with what stands for it. At 2048: how many of them count.
  ;;
  ;; Writes what stands for [from, end) to $to and returns where that ends, or -1 where a character beyond ASCII
  ;; has to be escaped. Writes up to 16 bytes behind what it returns; reads up to 2 bytes behind $end.
  (func (export "escape") (param $from i32) (param $end i32) (param $to i32) (result i32)
    (local $chunk v128)
    (local $plain i32)
    (local $byte i32)
    (loop $next
      ;; All 16 go over at once; what comes behind the first one that is special is written again.
      (if (i32.le_u (i32.add (local.get $from) (i32.const 16)) (local.get $end))
        (then
          (v128.store (local.get $to) (local.tee $chunk (v128.load (local.get $from))))
          (local.set $plain
            (i32.ctz
              (i32.or
                (i32.const 0x10000)
                (i8x16.bitmask
                  (v128.or
                    (v128.or
                      (v128.or
                        (i8x16.lt_u (local.get $chunk) (i8x16.splat (i32.const 0x20)))
                        (i8x16.eq (local.get $chunk) (i8x16.splat (i32.const 0x22))))
                      (v128.or
                        (i8x16.eq (local.get $chunk) (i8x16.splat (i32.const 0x5c)))
                        (i8x16.eq (local.get $chunk) (i8x16.splat (i32.const 0x7f)))))
                    (v128.or
                      (i8x16.eq (local.get $chunk) (i8x16.splat (i32.const 0xc2)))
                      (v128.or
                        (i8x16.eq (local.get $chunk) (i8x16.splat (i32.const 0xe2)))
                        (i8x16.eq (local.get $chunk) (i8x16.splat (i32.const 0xef))))))))))
          (local.set $from (i32.add (local.get $from) (local.get $plain)))
          (local.set $to (i32.add (local.get $to) (local.get $plain)))
          (br_if $next (i32.eq (local.get $plain) (i32.const 16)))))
      (if (i32.lt_u (local.get $from) (local.get $end))
        (then
          (local.set $byte (i32.load8_u (local.get $from)))
          (if
            (i32.or
              ;; U+0080 to U+009F: C2 80 to C2 9F
              (i32.and
                (i32.eq (local.get $byte) (i32.const 0xc2))
                (i32.lt_u (i32.load8_u offset=1 (local.get $from)) (i32.const 0xa0)))
              (i32.or
                ;; U+2028 and U+2029: E2 80 A8 and E2 80 A9
                (i32.and
                  (i32.eq (local.get $byte) (i32.const 0xe2))
                  (i32.eq
                    (i32.and (i32.load16_u offset=1 align=1 (local.get $from)) (i32.const 0xfeff))
                    (i32.const 0xa880)))
                ;; U+FEFF: EF BB BF
                (i32.and
                  (i32.eq (local.get $byte) (i32.const 0xef))
                  (i32.eq (i32.load16_u offset=1 align=1 (local.get $from)) (i32.const 0xbfbb)))))
            (then (return (i32.const -1))))
          (i64.store align=1 (local.get $to) (i64.load (i32.shl (local.get $byte) (i32.const 3))))
          (local.set $to (i32.add (local.get $to) (i32.load8_u offset=2048 (local.get $byte))))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (br $next))))
    (local.get $to)))
