#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Input that nobody should write: a message and status 1, no crash, no leak (run with ASan)."""
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
            if p.returncode != 1 or b"ERROR" not in p.stderr or b"AddressSanitizer" in p.stderr:
                failed += 1
                print(f"FAIL {name}: status {p.returncode}\n{p.stderr[-2000:].decode(errors='replace')}")
    for args in (["/no/such/file"], ["--no-such-option"], ["-d", "nothing", "-e", "BEGIN {}"], ["-p", "x", "-e", "BEGIN {}"]):
        p = subprocess.run([sonde, *args], capture_output=True)
        if p.returncode != 1 or not p.stderr:
            failed += 1
            print(f"FAIL {args}: status {p.returncode} {p.stderr}")
    print(f"{len(CASES) + 4 - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
