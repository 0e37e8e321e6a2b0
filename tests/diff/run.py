#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same scripts here and on bpftrace 0.17: the same output, or a reason.

Cases are written as in tests/runtime (its run.py says how). What bpftrace printed is kept in
recorded/, so that the test needs no bpftrace; --record asks it again. A case may differ:

    DIFFERS   why sonde is right to print something else, which is
    OUTPUT    a line of the output; all of them, in order
    STATUS    or an exit status that is not 0

    run.py SONDE [--filter TEXT] [FILE...]
    run.py --record [--filter TEXT] [FILE...]
"""
import argparse, importlib.util, json, os, platform, re, shlex, shutil, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 60


def runtime_tests():
    spec = importlib.util.spec_from_file_location("runtime", os.path.join(HERE, "..", "runtime", "run.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def normal(out):
    """Lines that say something. The notice of attached probes is on another stream or worded otherwise."""
    lines = [line.rstrip() for line in out.split("\n")]
    return [line for line in lines if line and not re.match(r'Attaching \d+ probe|\{"type": "attached_probes"', line)]


def execute(tool, case, folder):
    """(lines, exit status) of a tool on a case's script."""
    argv = [*tool, *shlex.split(case.get("ARGS", [""])[0]), "-e", case["PROG"][0], *shlex.split(case.get("PARAMS", [""])[0])]
    with tempfile.TemporaryDirectory(dir=folder) as own:
        # Probes are on files: a copy of its own keeps a case from the calls of others.
        shutil.copy(os.path.join(folder, "target"), own)
        p = subprocess.run(argv, capture_output=True, text=True, errors="replace", cwd=own, timeout=TIMEOUT,
                           stdin=subprocess.DEVNULL)
    return normal(p.stdout), p.returncode


def wanted(case, recorded):
    """(lines, whether the command is to succeed) that sonde shall give."""
    if "DIFFERS" in case:
        return case.get("OUTPUT", []), case.get("STATUS", ["0"])[0] == "0"
    return recorded["lines"], recorded["status"] == 0


def check(sonde, case, recorded, folder):
    """Why a case fails, or None."""
    if recorded is None:
        return "not recorded: run with --record"
    want, ok = wanted(case, recorded)
    got, status = execute([sonde], case, folder)
    if (status == 0) != ok:
        return f"exit status {status}"
    if "DIFFERS" in case and recorded["status"] == 0 and recorded["lines"] == got:
        return "differs no more: strike the reason"
    if got != want:
        return "\n".join(["--- wanted", *want, "--- got", *got])
    return None


def recorded_path(cases):
    return os.path.join(HERE, "recorded", os.path.basename(cases).replace(".cases", ".json"))


def load(path):
    if not os.path.exists(path):
        return {}
    with open(path) as f:
        return json.load(f)


def build_target(folder):
    subprocess.run(["cc", "-O1", "-o", os.path.join(folder, "target"), os.path.join(HERE, "target.c")], check=True)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("sonde", nargs="?")
    a.add_argument("files", nargs="*")
    a.add_argument("--record", action="store_true")
    a.add_argument("--filter", default="")
    a = a.parse_args()
    if a.record and a.sonde:
        a.files.insert(0, a.sonde)
    parse = runtime_tests().parse
    files = a.files or sorted(os.path.join(HERE, f) for f in os.listdir(HERE) if f.endswith(".cases"))
    failed = total = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        build_target(folder)
        for path in files:
            cases = [c for c in parse(path) if a.filter in c["NAME"][0]]
            recorded = load(recorded_path(path))
            if a.record:
                record(path, cases, recorded, folder, pool)
                continue
            todo = [c for c in cases if c.get("ARCH", [platform.machine()])[0] == platform.machine()]
            reasons = pool.map(lambda c: check(os.path.abspath(a.sonde), c, recorded.get(c["NAME"][0]), folder), todo)
            for case, why in zip(todo, reasons):
                total += 1
                if why:
                    failed += 1
                    print(f"FAIL {case['FILE']}: {case['NAME'][0]}: {why}")
    if not a.record:
        print(f"{total - failed} passed, {failed} failed")
    return failed > 0


def record(path, cases, recorded, folder, pool):
    results = pool.map(lambda c: execute(["bpftrace"], c, folder), cases)
    for case, (lines, status) in zip(cases, results):
        recorded[case["NAME"][0]] = {"status": status, "lines": lines}
    names = {c["NAME"][0] for c in cases}
    os.makedirs(os.path.dirname(recorded_path(path)), exist_ok=True)
    with open(recorded_path(path), "w") as f:
        json.dump({k: v for k, v in recorded.items() if k in names}, f, indent=1, ensure_ascii=False)
        f.write("\n")


if __name__ == "__main__":
    sys.exit(main())
