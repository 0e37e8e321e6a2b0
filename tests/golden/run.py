#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden files: x.bt beside what a stage of the compiler makes of it.

    x.ast x.types x.layout   what -d ast, -d types, -d image print
    x.err                    the messages; the script is refused
    x.warn                   the messages; the script is accepted
    x.ir                     lines "CHECK: text", found in this order in -d ir-opt

Scripts that import C (.bpf.c) are skipped where there is no clang.

    run.py SONDE [--update] [DIRECTORY]
"""
import os, shutil, subprocess, sys

MESSAGES = {".err": 1, ".warn": 0}  # and the exit status
KINDS = (".ast", ".types", ".layout", ".err", ".warn", ".ir")
STAGES = {"ast": "ast", "types": "types", "layout": "image"}


def run(sonde, folder, *args):
    env = dict(os.environ, NO_COLOR="1")
    return subprocess.run([sonde, *args], cwd=folder, env=env, capture_output=True, text=True,
                          errors="replace", timeout=60)


def check_ir(expected, got):
    at = 0
    for line in expected.splitlines():
        if not line.startswith("CHECK: "):
            continue
        found = got.find(line[7:], at)
        if found < 0:
            return f"not found: {line[7:]}"
        at = found + len(line[7:])
    return None


def can_run(script):
    return bool(shutil.which("clang")) or ".bpf.c" not in open(script, errors="replace").read()


def main():
    args = [a for a in sys.argv[1:] if a != "--update"]
    update = "--update" in sys.argv
    sonde, top = os.path.abspath(args[0]), args[1] if len(args) > 1 else os.path.dirname(__file__)
    passed = failed = skipped = 0
    for folder, _, files in sorted(os.walk(top)):
        for name in sorted(files):
            base, ext = os.path.splitext(name)
            script = base + ".bt"
            if ext == ".bt" and update and not any(base + e in files for e in KINDS):
                p = run(sonde, folder, "-d", "image", script)
                name, ext = ((base + ".err", ".err") if p.returncode else
                             (base + ".warn", ".warn") if p.stderr else (base + ".types", ".types"))
                open(os.path.join(folder, name), "w")
            if script not in files or ext not in KINDS:
                continue
            path = os.path.join(folder, name)
            if not can_run(os.path.join(folder, script)):
                skipped += 1
                continue
            if ext in MESSAGES:
                p, status = run(sonde, folder, "-d", "image", script), MESSAGES[ext]
                got = p.stderr if p.returncode == status else f"status {p.returncode}, not {status}\n{p.stderr}"
            elif ext == ".ir":
                got = run(sonde, folder, "-d", "ir-opt", script).stdout
            else:
                p = run(sonde, folder, "-d", STAGES[ext[1:]], script)
                got = p.stdout if p.returncode == 0 else p.stderr
            expected = open(path).read()
            why = check_ir(expected, got) if ext == ".ir" else None if got == expected else "differs"
            if why and update and ext != ".ir":
                open(path, "w").write(got)
                why = None
            if why:
                failed += 1
                print(f"FAIL {os.path.relpath(path, top)}: {why}")
                if ext != ".ir":
                    print("--- expected\n" + expected + "--- got\n" + got)
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped: no clang" if skipped else ""))
    return failed > 0 or passed == 0


sys.exit(main())
