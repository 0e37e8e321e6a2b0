#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random valid programs: they compile, pass the verifier, and print what their evaluation here gives.

    run.py SONDE [--count N] [--seed N]... [--batch N] [--jobs N] [--keep-going] [--show]

Many programs share a script: each has probes and maps of its own. One that fails is made as short
as it stays failing, and printed with what was expected.
"""
import argparse, multiprocessing, os, random, re, subprocess, sys, time

from make import make
from stmt import Probe
from values import Unfit

HEAD = "config = { max_map_keys=64 }\n"
TIMEOUT = 60
ASIDES = ('{"type": "attached_probes"', '{"type": "runtime_error"')


def programs(seed, count):
    r, made = random.Random(seed), []
    while len(made) < count:
        try:
            p = make(random.Random(r.getrandbits(64)), f"p{len(made):03}")
            p.settle()
            p.expected(False)
        except Unfit:
            continue
        made.append(p)
    return made


def script(batch):
    return HEAD + "\n".join(p.text() for p in batch) + "\nBEGIN { exit(); }\n"


def expected(batch, as_json):
    begin = end = ""
    maps = {}
    for p in batch:
        b, e, m = p.expected(as_json)
        begin, end = begin + b, end + e
        maps.update(m)
    return begin + end + "".join(maps[name] for name in sorted(maps))


def execute(sonde, batch, as_json):
    """What it printed, or why it did not."""
    argv = [sonde, *(["-f", "json"] if as_json else []), "/dev/stdin"]
    try:
        p = subprocess.run(argv, input=script(batch), capture_output=True, text=True, timeout=TIMEOUT, errors="replace")
    except subprocess.TimeoutExpired:
        return None, "it never ended"
    if p.returncode:
        return None, f"status {p.returncode}: " + "\n".join(p.stderr.splitlines()[-30:])
    return p.stdout, None


def lines(out):
    """Without the notice of attached probes, warnings, and the blank lines at exit."""
    return [line for line in out.split("\n") if line and not line.startswith(ASIDES)]


def wrong(sonde, batch, as_json):
    """How a batch fails: None, or (class of failure, details)."""
    want = expected(batch, as_json)
    got, why = execute(sonde, batch, as_json)
    if why:
        return re.sub(r"\d+", "N", re.findall(r"error: .{0,25}|$", why)[0] or why[:12]), why
    want, got = lines(want), lines(got)
    if want == got:
        return None
    at = next((i for i, (a, b) in enumerate(zip(want, got)) if a != b), min(len(want), len(got)))
    return "output", "\n".join(["expected:", *want[at:at + 3], "printed:", *got[at:at + 3]])


# -- shrinking --

def bodies(stmts):
    """Every list of statements, outermost first."""
    yield stmts
    for s in stmts:
        for b in s.blocks:
            yield from bodies(b)


def still(sonde, program, as_json, kind):
    try:
        program.settle()
        failure = wrong(sonde, [program], as_json)
        return failure is not None and failure[0] == kind
    except (Unfit, KeyError):   # a KeyError is a variable that lost its declaration
        return False


def attempt(sonde, program, as_json, kind, stmts, i, n):
    """Without n statements from i on; or with the body of a compound one in its place."""
    old = stmts[i:i + n]
    ways = [[]] + ([list(b) for b in old[0].blocks if b] if n == 1 else [])
    for way in ways:
        stmts[i:i + n] = way
        if still(sonde, program, as_json, kind):
            return True
        stmts[i:i + len(way)] = old
    return False


def shrink(sonde, program, as_json, kind):
    deadline, before = time.time() + 60, None
    while before != program.text() and time.time() < deadline:
        before = program.text()
        for p in list(program.probes):
            program.probes.remove(p)
            if not program.probes or not still(sonde, program, as_json, kind):
                program.probes.append(p)
                program.probes.sort(key=lambda q: q.name)
        for p in program.probes:
            for stmts in bodies(p.body):
                n = max(len(stmts) // 2, 1)
                while n and time.time() < deadline:
                    i = 0
                    while i < len(stmts):
                        i += not attempt(sonde, program, as_json, kind, stmts, i, n)
                    n //= 2
    program.settle()


def report(sonde, batch, as_json, seed):
    for p in batch:
        failure = wrong(sonde, [p], as_json)
        if not failure:
            continue
        before = p.text()
        try:
            shrink(sonde, p, as_json, failure[0])
            kind, details = wrong(sonde, [p], as_json)
        except (Unfit, TypeError):
            return f"FAIL seed {seed}{' (json)' if as_json else ''}: {failure}\n{before}\n"
        return f"FAIL seed {seed}{' (json)' if as_json else ''}: {kind}\n{p.text()}\n{details}\n"
    kind, details = wrong(sonde, batch, as_json) or ("", "")
    return f"FAIL seed {seed}: {kind}, though each program alone is right\n{details}\n" if kind else None


def one(job):
    sonde, seed, count = job
    as_json = seed % 4 == 3
    batch = programs(seed, count)
    try:
        return report(sonde, batch, as_json, seed) if wrong(sonde, batch, as_json) else None
    except Exception as e:
        raise RuntimeError(f"seed {seed}") from e


def run(sonde, seed, a):
    """Runs a.count programs; the number of scripts that failed."""
    jobs = [(sonde, seed + i, a.batch) for i in range(-(-a.count // a.batch))]
    failed = 0
    with multiprocessing.Pool(a.jobs) as pool:
        for failure in pool.imap_unordered(one, jobs):
            if failure:
                failed += 1
                print(failure, flush=True)
                if not a.keep_going:
                    break
    print(f"seed {seed}: {len(jobs) * a.batch} programs, {failed} scripts failed", flush=True)
    return failed


def main():
    a = argparse.ArgumentParser()
    a.add_argument("sonde")
    a.add_argument("--count", type=int, default=5000)
    a.add_argument("--seed", type=int, action="append", help="default: 1, and one of today")
    a.add_argument("--batch", type=int, default=50, help="programs in a script")
    a.add_argument("--jobs", type=int, default=os.cpu_count())
    a.add_argument("--show", action="store_true", help="print the first script and what it should print")
    a.add_argument("--keep-going", action="store_true")
    a = a.parse_args()
    seeds = a.seed or [1, int(time.time())]
    if a.show:
        batch = programs(seeds[0], a.batch)
        print(script(batch) + "----\n" + expected(batch, seeds[0] % 4 == 3))
        return 0
    return sum(run(os.path.abspath(a.sonde), seed, a) for seed in seeds) > 0


if __name__ == "__main__":
    sys.exit(main())
