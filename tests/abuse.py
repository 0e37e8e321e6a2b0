#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Input that nobody should write: a message, fit for a terminal, and status 1; no crash, no leak (run
with ASan)."""
import os, random, subprocess, sys, tempfile

CASES = {
    "empty script": b"",
    "only a comment": b"// nothing\n",
    "unclosed": b"BEGIN { printf(\"x\"",
    "deep parentheses": b"BEGIN { $x = " + b"(" * 10000 + b"1" + b")" * 10000 + b"; }",
    "deep blocks": b"BEGIN " + b"{" * 10000 + b"}" * 10000,
    "deep unary": b"BEGIN { $x = " + b"!" * 10000 + b"1; }",
    "deep if": b"BEGIN { " + b"if (1) { " * 5000 + b"}" * 5000 + b" }",
    "long else chain": b"BEGIN { if (1) { } " + b"else if (1) { } " * 20000 + b" }",
    "long sum": b"BEGIN { $x = nsecs" + b" + nsecs" * 100000 + b"; }",
    "1 MB of letters": b"a" * (1 << 20),
    "1 MB string": b"BEGIN { print(\"" + b"a" * (1 << 20) + b"\"); }",
    "unknown probe": b"kprobbe:x { }",
    "unknown tracepoint": b"tracepoint:sched:sched_swich { }",
    "NUL bytes": b"BEGIN { \0\0 }",
    "invalid UTF-8": b"BEGIN { \xff\xfe }",
    "invalid UTF-8 in a string": b"BEGIN { print(nosuch, \"\xff\xc3\x28\xed\xa0\x80\"); }",
    "escapes in the source": b"BEGIN { print(nosuch); /* \x1b[2J\xc2\x9b31m\r */ }",
    "NUL in a string": b"BEGIN { print(nosuch, \"a\0b\"); }",
    "NUL in an attach point": b"kprobe:a\0b { }",
    "many errors": b"BEGIN { " + b"nosuch();\n" * 20000 + b" }",
    "huge number": b"BEGIN { print(" + b"9" * 5000 + b"); }",
    "huge exponent": b"BEGIN { print(9e99999999999); }",
    "huge index": b"BEGIN { $x = (uint8[4294967295])0; $y = (uint64[99999999999][99999999])0; }",
    "huge map": b"let @x = hash(99999999999999); BEGIN { @x[1] = 1; }",
    "huge setting": b"config = { max_strlen=99999999999999999999 } BEGIN { }",
    "huge str": b"config = { max_strlen=65536 } BEGIN { @x[str(0), str(0), str(0)] = nosuch; }",
    "long name": b"BEGIN { $" + b"a" * 100000 + b" = nosuch; }",
    "long attach point": b"kprobe:" + b"a" * 100000 + b":b:c:d { }",
    "long path": b"uprobe:/" + b"a/" * 10000 + b"x:f { }",
    "many stars": b"tracepoint:" + b"*a" * 200 + b":" + b"*b" * 200 + b" { }",
    "many attach points": b"nosuch:x, " * 20000 + b"nosuch:y { }",
    "deep tuples": b"BEGIN { $x = " + b"(1," * 5000 + b"1" + b")" * 5000 + b"; }",
    "deep ternaries": b"BEGIN { $x = " + b"pid ? 1 : " * 20000 + b"nosuch; }",
    "deep casts": b"BEGIN { $x = " + b"(uint8)" * 20000 + b"1; }",
    "deep fields": b"BEGIN { $x = curtask" + b".real_parent" * 20000 + b".nosuch; }",
    "deep indices": b"BEGIN { $x = " + b"@a[" * 10000 + b"1" + b"]" * 10000 + b"; }",
    "wide tuple": b"BEGIN { $x = (" + b"1," * 20000 + b"nosuch); }",
    "wide call": b"BEGIN { printf(\"x\", " + b"1," * 20000 + b"nosuch); }",
    "wide key": b"BEGIN { @[" + b"1," * 20000 + b"nosuch] = 1; }",
    "unknown types that never settle": b"BEGIN { let $a; let $f : typeof($a) = 1; " + b"let $d : struct nosuch * = 0; " * 3 + b"}",
    "unrolled": b"BEGIN { " + b"unroll(100) { " * 10 + b"nosuch();" + b"}" * 10 + b" }",
    "open string": b"BEGIN { print(\"" + b"a" * 100000,
    "open comment": b"BEGIN { /* " + b"a" * 100000,
    "only quotes": b"\"" * 100000,
    "only braces": b"}" * 100000,
    "only newlines and a stray": b"\n" * 100000 + b"?",
    "byte order mark": b"\xef\xbb\xbfBEGIN { nosuch(); }",
    "carriage returns": b"BEGIN {\r\n nosuch();\r\n}\r\n",
}


def main():
    sonde = sys.argv[1]
    rng = random.Random(1)
    for i in range(20):
        CASES[f"random bytes {i}"] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 4000)))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, text in CASES.items():
            path = os.path.join(folder, "x.bt")
            open(path, "wb").write(text)
            p = subprocess.run([sonde, "-d", "types", path], capture_output=True, timeout=120)
            clean = not set(p.stderr) & set(b"\x1b\x00\x07\x08\r\x7f")
            try:
                p.stderr.decode()
            except UnicodeDecodeError:
                clean = False
            if not clean or p.returncode != 1 or b"ERROR" not in p.stderr or b"AddressSanitizer" in p.stderr:
                failed += 1
                print(f"FAIL {name}: status {p.returncode}{'' if clean else ', raw bytes'}\n{p.stderr[-2000:].decode(errors='replace')}")
    for args in (["/no/such/file"], ["--no-such-option"], ["-d", "nothing", "-e", "BEGIN {}"], ["-p", "x", "-e", "BEGIN {}"]):
        p = subprocess.run([sonde, *args], capture_output=True)
        if p.returncode != 1 or not p.stderr:
            failed += 1
            print(f"FAIL {args}: status {p.returncode} {p.stderr}")
    print(f"{len(CASES) + 4 - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
