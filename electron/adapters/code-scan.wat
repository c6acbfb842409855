;; Adds up how like a question 64 vectors at a time are, by their codes (shared/domain/knowledge/coarse-vector.ts).
;; The sixteen values of half a byte are looked up in one register: "PQ Fast Scan" (André et al., "Cache locality is not
;; enough", VLDB 2015). `npm run assemble` makes code-scan-binary.ts of it.
;;
;; A block holds 64 vectors: for each byte of their codes 64 bytes, one of each vector, and after them the 64 sums, two
;; bytes each. The table has 32 bytes for each byte of codes: what each value of its lower half adds, then of its higher.
(module
  (memory (export "memory") 1)
  (func (export "scan")
    (param $at i32) (param $blocks i32) (param $table i32) (param $tableEnd i32)
    (local $entry i32)
    (local $low v128)
    ;; What the halves of two bytes add.
    (local $la v128) (local $ha v128) (local $lb v128) (local $hb v128)
    (local $a v128) (local $b v128) (local $added v128)
    ;; Sums of eight vectors each.
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local $s4 v128) (local $s5 v128) (local $s6 v128) (local $s7 v128)
    (local.set $low (i8x16.splat (i32.const 15)))
    (block $done (loop $block
      (br_if $done (i32.eqz (local.get $blocks)))
      (local.set $s0 (v128.const i64x2 0 0))
      (local.set $s1 (v128.const i64x2 0 0))
      (local.set $s2 (v128.const i64x2 0 0))
      (local.set $s3 (v128.const i64x2 0 0))
      (local.set $s4 (v128.const i64x2 0 0))
      (local.set $s5 (v128.const i64x2 0 0))
      (local.set $s6 (v128.const i64x2 0 0))
      (local.set $s7 (v128.const i64x2 0 0))
      (local.set $entry (local.get $table))
      (loop $bytes
        (local.set $la (v128.load (local.get $entry)))
        (local.set $ha (v128.load offset=16 (local.get $entry)))
        (local.set $lb (v128.load offset=32 (local.get $entry)))
        (local.set $hb (v128.load offset=48 (local.get $entry)))
        (local.set $a (v128.load offset=0 (local.get $at)))
        (local.set $b (v128.load offset=64 (local.get $at)))
        (local.set $added (i8x16.add
          (i8x16.add
            (i8x16.swizzle (local.get $la) (v128.and (local.get $a) (local.get $low)))
            (i8x16.swizzle (local.get $ha) (i8x16.shr_u (local.get $a) (i32.const 4))))
          (i8x16.add
            (i8x16.swizzle (local.get $lb) (v128.and (local.get $b) (local.get $low)))
            (i8x16.swizzle (local.get $hb) (i8x16.shr_u (local.get $b) (i32.const 4))))))
        (local.set $s0 (i16x8.add (local.get $s0) (i16x8.extend_low_i8x16_s (local.get $added))))
        (local.set $s1 (i16x8.add (local.get $s1) (i16x8.extend_high_i8x16_s (local.get $added))))
        (local.set $a (v128.load offset=16 (local.get $at)))
        (local.set $b (v128.load offset=80 (local.get $at)))
        (local.set $added (i8x16.add
          (i8x16.add
            (i8x16.swizzle (local.get $la) (v128.and (local.get $a) (local.get $low)))
            (i8x16.swizzle (local.get $ha) (i8x16.shr_u (local.get $a) (i32.const 4))))
          (i8x16.add
            (i8x16.swizzle (local.get $lb) (v128.and (local.get $b) (local.get $low)))
            (i8x16.swizzle (local.get $hb) (i8x16.shr_u (local.get $b) (i32.const 4))))))
        (local.set $s2 (i16x8.add (local.get $s2) (i16x8.extend_low_i8x16_s (local.get $added))))
        (local.set $s3 (i16x8.add (local.get $s3) (i16x8.extend_high_i8x16_s (local.get $added))))
        (local.set $a (v128.load offset=32 (local.get $at)))
        (local.set $b (v128.load offset=96 (local.get $at)))
        (local.set $added (i8x16.add
          (i8x16.add
            (i8x16.swizzle (local.get $la) (v128.and (local.get $a) (local.get $low)))
            (i8x16.swizzle (local.get $ha) (i8x16.shr_u (local.get $a) (i32.const 4))))
          (i8x16.add
            (i8x16.swizzle (local.get $lb) (v128.and (local.get $b) (local.get $low)))
            (i8x16.swizzle (local.get $hb) (i8x16.shr_u (local.get $b) (i32.const 4))))))
        (local.set $s4 (i16x8.add (local.get $s4) (i16x8.extend_low_i8x16_s (local.get $added))))
        (local.set $s5 (i16x8.add (local.get $s5) (i16x8.extend_high_i8x16_s (local.get $added))))
        (local.set $a (v128.load offset=48 (local.get $at)))
        (local.set $b (v128.load offset=112 (local.get $at)))
        (local.set $added (i8x16.add
          (i8x16.add
            (i8x16.swizzle (local.get $la) (v128.and (local.get $a) (local.get $low)))
            (i8x16.swizzle (local.get $ha) (i8x16.shr_u (local.get $a) (i32.const 4))))
          (i8x16.add
            (i8x16.swizzle (local.get $lb) (v128.and (local.get $b) (local.get $low)))
            (i8x16.swizzle (local.get $hb) (i8x16.shr_u (local.get $b) (i32.const 4))))))
        (local.set $s6 (i16x8.add (local.get $s6) (i16x8.extend_low_i8x16_s (local.get $added))))
        (local.set $s7 (i16x8.add (local.get $s7) (i16x8.extend_high_i8x16_s (local.get $added))))
        (local.set $at (i32.add (local.get $at) (i32.const 128)))
        (local.set $entry (i32.add (local.get $entry) (i32.const 64)))
        (br_if $bytes (i32.lt_u (local.get $entry) (local.get $tableEnd))))
      (v128.store offset=0 (local.get $at) (local.get $s0))
      (v128.store offset=16 (local.get $at) (local.get $s1))
      (v128.store offset=32 (local.get $at) (local.get $s2))
      (v128.store offset=48 (local.get $at) (local.get $s3))
      (v128.store offset=64 (local.get $at) (local.get $s4))
      (v128.store offset=80 (local.get $at) (local.get $s5))
      (v128.store offset=96 (local.get $at) (local.get $s6))
      (v128.store offset=112 (local.get $at) (local.get $s7))
      (local.set $at (i32.add (local.get $at) (i32.const 128)))
      (local.set $blocks (i32.sub (local.get $blocks) (i32.const 1)))
      (br $block)))))
