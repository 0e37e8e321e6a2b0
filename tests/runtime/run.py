#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runtime cases: what a script prints on this kernel, compiled now and ahead of time.

A file holds cases, a blank line apart:

    NAME      count adds up per key
    PROG      begin { @["a"] = count(); }          may go on in lines that start with a blank
    ARGS      -f json                              options, before the script
    COMPILE   --test                               the same, for the compiler of ahead-of-time programs
    PARAMS    1 two --name=value                   the script's parameters and options
    EXPECT    @[a]: 1                              a line of the output; each in its order
    REGEX     ^@\\[.*\\]: [0-9]+$                     the same by pattern
    ABSENT    text that no line of the output holds
    STDERR    text on standard error
    STATUS    0                                    the exit status
    AFTER     command                              run once probes are attached
    BEFORE    script                               runs beside, from before until the end
    REQUIRES  kprobe                               kprobe, fentry, multi; clang is looked for here
    ONLY      jit                                  not ahead of time

{marks} anywhere in a case is the path of programs/marks.c, compiled; {functions} that of the BPF object
made of programs/functions.bpf.c.

    run.py SONDE [--requires kprobe,fentry,multi] [--only-requiring] [--filter TEXT] [FILE...]
"""
import os, platform, re, shlex, shutil, signal, subprocess, sys, tempfile, threading

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = int(os.environ.get("CASE_TIMEOUT", "30"))


def parse(path):
    case, cases, key = None, [], None
    for line in open(path):
        line = line.rstrip("\n")
        if not line or line.startswith("#"):
            key = None
            continue
        if line[0] in " \t" and key == "PROG":
            case["PROG"][-1] += "\n" + line
            continue
        key, _, value = line.partition(" ")
        value = value.strip()
        if key == "NAME":
            case = {"FILE": os.path.basename(path), "CHECKS": []}
            cases.append(case)
        if key in ("EXPECT", "REGEX"):
            case["CHECKS"].append((key, value))
        else:
            case.setdefault(key, []).append(value)
    return cases


BUILT = {}


def program(match, folder):
    """The path of a compiled program of ours to trace; other words in braces stay as they are."""
    name = match.group(1)
    source = os.path.join(HERE, "programs", name + ".c")
    bpf = os.path.join(HERE, "programs", name + ".bpf.c")
    if name not in BUILT and os.path.exists(bpf):
        BUILT[name] = os.path.join(folder, name + ".bpf.o")
        subprocess.run(["clang", "-target", "bpf", "-O2", "-g", "-idirafter",
                        f"/usr/include/{platform.machine()}-linux-gnu", "-c", "-o", BUILT[name], bpf], check=True)
    if name not in BUILT and os.path.exists(source):
        BUILT[name] = os.path.join(folder, name)
        subprocess.run(["cc", "-O2", "-g", "-o", BUILT[name], source], check=True)
    return BUILT.get(name, match.group(0))


def with_programs(case, folder):
    def fill(text):
        return re.sub(r"{(\w+)}", lambda m: program(m, folder), text)
    return {k: [(kind, fill(t)) for kind, t in v] if k == "CHECKS" else
               [fill(t) for t in v] if isinstance(v, list) else v for k, v in case.items()}


def one(case, key, default=None):
    return case.get(key, [default])[0]


def check_lines(case, out):
    lines, at = out.split("\n"), 0
    for kind, want in case["CHECKS"]:
        while at < len(lines):
            line = lines[at].strip()
            at += 1
            if line == want if kind == "EXPECT" else re.search(want, line):
                break
        else:
            return f"no line: {want}"
    for text in case.get("ABSENT", []):
        if text in out:
            return f"unwanted: {text}"
    return None


def execute(argv, case):
    p = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                         text=True, errors="replace", cwd=HERE)
    err, after = [], None

    def read_err():
        for line in p.stderr:
            err.append(line)
            if line.startswith("Attached") and one(case, "AFTER"):
                nonlocal after
                after = subprocess.Popen(["sh", "-c", one(case, "AFTER")], stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL, env=dict(os.environ, SONDE_PID=str(p.pid)))

    reader = threading.Thread(target=read_err)
    reader.start()
    timer = threading.Timer(TIMEOUT, p.kill)
    timer.start()
    out = p.stdout.read()
    p.wait()
    timer.cancel()
    reader.join()
    if after:
        after.wait()
    if p.returncode == -signal.SIGKILL:
        err.append(f"killed: still running after {TIMEOUT} s\n")
    return out, "".join(err), p.returncode


def run_case(sonde, case, mode, folder):
    beside = None
    if one(case, "BEFORE"):
        beside = subprocess.Popen([sonde, "--unsafe", "-e", one(case, "BEFORE")], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True)
        beside.stderr.readline()
    try:
        return run_alone(sonde, case, mode, folder)
    finally:
        if beside:
            beside.terminate()
            beside.communicate()


def run_alone(sonde, case, mode, folder):
    script = ["-e", case["PROG"][0]]
    params = shlex.split(one(case, "PARAMS", ""))
    args = shlex.split(one(case, "ARGS", ""))
    compile_args = shlex.split(one(case, "COMPILE", ""))
    if mode == "aot":
        prog = os.path.join(folder, "prog")
        p = subprocess.run([sonde, "--unsafe", *compile_args, "--aot", prog, *script,
                            *[p for p in params if not p.startswith("--")]], capture_output=True, text=True, cwd=HERE)
        if p.returncode:
            return "cannot compile: " + p.stderr
        argv = [prog, *args, *[p for p in params if p.startswith("--")]]
    else:
        argv = [sonde, "--unsafe", *compile_args, *args, *script, *params]
    out, err, status = execute(argv, case)
    why = check_lines(case, out)
    for text in case.get("STDERR", []):
        if text not in err:
            why = why or f"not on stderr: {text}"
    if status != int(one(case, "STATUS", "0")):
        why = why or f"status {status}"
    return f"{why}\n--- stdout\n{out}--- stderr\n{err}" if why else None


def main():
    argv = sys.argv[1:]
    has, only, pattern, files = set(), False, "", []
    reasons = set()
    sonde = os.path.abspath(argv.pop(0))
    while argv:
        a = argv.pop(0)
        if a == "--requires":
            has |= set(argv.pop(0).split(","))
        elif a == "--only-requiring":
            only = True
        elif a == "--filter":
            pattern = argv.pop(0)
        else:
            files.append(a)
    if shutil.which("clang"):
        has.add("clang")
    files = files or sorted(os.path.join(HERE, f) for f in os.listdir(HERE) if f.endswith(".cases"))
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            for case in parse(path):
                name = f"{case['FILE']}: {one(case, 'NAME')}"
                needs = set(one(case, "REQUIRES", "").split())
                if pattern not in name or (only and not needs - {"clang"}):
                    continue
                if not needs <= has:
                    skipped += 1
                    reasons |= needs - has
                    continue
                case = with_programs(case, folder)
                for mode in ("jit", "aot"):
                    if one(case, "ONLY", mode) != mode:
                        continue
                    why = run_case(sonde, case, mode, folder)
                    if why:
                        failed += 1
                        print(f"FAIL {name} ({mode}): {why}")
                    else:
                        passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped" + (f": no {', '.join(sorted(reasons))}" if reasons else ""))
    return failed > 0 or passed == 0


if __name__ == "__main__":
    sys.exit(main())
