#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every alternative of the grammar is used by a script of tests/golden.

An alternative is a line of parser.y that begins with ':' or '|'; the parser with a trace says which
lines it reduced by.

    grammar.py GRAMMAR-TRACE PARSER.Y [SCRIPT...]       of these scripts alone: which it uses
"""
import glob, os, re, subprocess, sys

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")


def alternatives(path):
    text = open(path).read().split("\n%%\n")
    first = text[0].count("\n") + 3
    found, name = {}, None
    for number, line in enumerate(text[1].split("\n"), first):
        if re.match(r"\w+$", line):
            name = line
        elif re.match(r"\t[:|] ", line):
            found[number] = f"{name}: {re.split(r'  +|{|/[*]', line[3:])[0].strip()}"
    return found


def used_by(trace, scripts):
    used = set()
    for folder in sorted({os.path.dirname(s) for s in scripts}):
        names = [os.path.basename(s) for s in scripts if os.path.dirname(s) == folder]
        p = subprocess.run([trace, *names], cwd=folder, capture_output=True, text=True, errors="replace", check=True)
        used |= {int(n) for n in re.findall(r"Reducing stack by rule \d+ \(line (\d+)\)", p.stderr)}
    return used


def main():
    trace, grammar = (os.path.abspath(a) for a in sys.argv[1:3])
    scripts = [os.path.abspath(s) for s in sys.argv[3:]] or glob.glob(os.path.join(GOLDEN, "**", "*.bt"), recursive=True)
    known, used = alternatives(grammar), used_by(trace, scripts)
    missing = sorted(known.keys() - used)
    if sys.argv[3:]:
        print("\n".join(known[n] for n in sorted(used)))
        return 0
    for n in sorted(used - known.keys()):
        print(f"parser.y:{n}: not recognised as an alternative")
    for n in missing:
        print(f"parser.y:{n}: no golden script uses  {known[n]}")
    print(f"{len(known) - len(missing)} of {len(known)} alternatives of the grammar are used")
    return bool(missing or used - known.keys())


if __name__ == "__main__":
    sys.exit(main())
