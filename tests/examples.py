#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every example of a row and every script in README.md compiles."""
import re, subprocess, sys

NO_KPROBES = ("kprobe", "kretprobe", "fentry", "fexit")


def scripts(sonde, readme):
    yield from subprocess.run([sonde, "--examples"], capture_output=True, text=True, check=True).stdout.splitlines()
    for m in re.finditer(r"sonde (?:--unsafe )?-e '([^']+)'", open(readme).read()):
        yield m.group(1)


def main():
    sonde, readme = sys.argv[1:3]
    passed = failed = 0
    for script in scripts(sonde, readme):
        mode = re.match("(test|bench):", script)
        options = ["--mode", mode[1]] if mode else []
        p = subprocess.run([sonde, "--unsafe", *options, "-d", "types", "-e", script], capture_output=True, text=True)
        if p.returncode:
            failed += 1
            print(f"FAIL {script}\n{p.stderr}")
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0 or passed == 0


sys.exit(main())
