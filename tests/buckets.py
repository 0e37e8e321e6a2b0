#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each number is counted in the bucket that it belongs to: what a program finds in the kernel, and the runtime says of
the bucket, is what is computed here, for the numbers at every edge and for random ones.

    buckets.py SONDE [--seed N]
"""
import json, os, random, subprocess, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "fuzz", "gen"))
from values import SCALES, middle

CASES = [
    ("hist", (0,)), ("hist", (1,)), ("hist", (5,)),
    ("lhist", (0, 100, 10)), ("lhist", (7, 107, 20)), ("lhist", (0, 1000, 1)),
    ("llhist", (10, 0, 6, 10)), ("llhist", (10, 0, 18, 1)), ("llhist", (10, 2, 9, 20)), ("llhist", (10, 0, 3, 5)),
    ("llhist", (10, 17, 18, 100)), ("llhist", (2, 0, 62, 1)), ("llhist", (2, 3, 40, 8)), ("llhist", (1000, 0, 5, 2)),
    ("llhist", (7, 1, 20, 7)), ("llhist", (2 ** 32, 0, 0, 1)), ("llhist", (2 ** 63, 0, 0, 4)), ("llhist", (2, 62, 62, 512)),
    ("percentiles", (0,)),
]


def limits(signed):
    return (-2 ** 63, 2 ** 63 - 1) if signed else (0, 2 ** 64 - 1)


def edges_of(kind, arg, most):
    if kind == "percentiles":
        return [sign * (m << e) for m in range(64) for e in range(60) for sign in (1, -1)]
    find, bounds, _ = SCALES[kind]
    return [e for i in range(find(most, *arg) + 1) for e in bounds(i, *arg) if e is not None]


def numbers(r, kind, arg, signed):
    least, most = limits(signed)
    edges = edges_of(kind, arg, most)
    edges = r.sample(edges, min(len(edges), 150))
    found = {e + d for e in edges for d in (-1, 0, 1)} | {least, least + 1, -1, 0, 1, most - 1, most}
    found |= {r.getrandbits(r.randint(1, 64)) * r.choice((1, 1, -1)) for _ in range(60)}
    return sorted(n for n in found if least <= n <= most)


def script(kind, arg, ns, signed):
    """The numbers come out of a map, so that it is the program that computes, not the compiler."""
    text = ", ".join(map(str, arg))
    cast = "(int64)" if signed else "(uint64)"
    store = [f"@n[{i}] = {cast}{n % 2 ** 64};" for i, n in enumerate(ns)]
    blocks = [store[i:i + 200] for i in range(0, len(store), 200)]
    # Percentiles: the value is the less of two, and the largest is known anyway.
    more = f"@k[$kv.0] = {kind}({cast}{limits(signed)[1]}, {text});" if kind == "percentiles" else ""
    blocks += [[f"for ($kv : @n) {{ @k[$kv.0] = {kind}($kv.1, {text}); {more} }} print(@k); clear(@n); clear(@k);"]]
    return "config = { max_map_keys=5000 }\n" + "\n".join("BEGIN { " + " ".join(b) + " }" for b in blocks)


def run(sonde, text):
    p = subprocess.run([sonde, "-q", "-f", "json", "-"], input=text, capture_output=True, text=True, timeout=120)
    lines = [json.loads(line) for line in p.stdout.splitlines() if '"@k"' in line]
    if p.returncode or not lines or p.stderr:
        sys.exit(f"FAIL {text[:300]}\n{p.stdout[:300]}{p.stderr[:2000]}")
    return lines[0]["data"]["@k"]


def wanted(kind, arg, n, signed):
    if kind == "percentiles":
        most = limits(signed)[1]
        return {"count": 2, "p0": min(middle(n), most), "max": most}
    find, bounds, _ = SCALES[kind]
    low, high = bounds(find(n, *arg), *arg)
    return [{"count": 1} | ({} if low is None else {"min": low}) |
            ({} if high is None else {"max": high - 1})]


def check(sonde, r, kind, arg, signed):
    ns, bad = numbers(r, kind, arg, signed), 0
    got = run(sonde, script(kind, arg, ns, signed))
    for i, n in enumerate(ns):
        have, want = got.get(str(i)), wanted(kind, arg, n, signed)
        if kind == "percentiles":
            have = {k: int(v) for k, v in have.items()}
        if have != want:
            print(f"FAIL {kind}{arg}: {n} is in {have}, not {want}")
            bad += 1
    return len(ns), bad


def main():
    sonde, seed = os.path.abspath(sys.argv[1]), int(sys.argv[sys.argv.index("--seed") + 1]) if "--seed" in sys.argv else 1
    r = random.Random(seed)
    results = [check(sonde, r, kind, arg, signed) for kind, arg in CASES for signed in (False, True)]
    print(f"{sum(n for n, _ in results)} numbers, {sum(bad for _, bad in results)} in a wrong bucket")
    return any(bad for _, bad in results)


sys.exit(main())
