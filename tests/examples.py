#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the documents show is true.

    examples.py SONDE README.md sonde-lang.7        every script compiles, to an object
    examples.py --run SONDE sonde-lang.7.in         what is said to be printed is printed

In the manual each .EX block is a script, unless a comment before it says otherwise:

    .\\" params 42 hello      the script's options and parameters
    .\\" prints              what the script before it prints
    .\\" file lib.bpf.c      a file that scripts import; without clang these are left out
    .\\" text                neither
"""
import os, re, shutil, subprocess, sys, tempfile

ROFF = {r"\-": "-", r"\(aq": "'", r"\(ga": "`", r"\(ha": "^", r"\(ti": "~", r"\&": "", r"\e": "\\"}
FOLDER = tempfile.TemporaryDirectory()
BLOCK = re.compile(r'(?:^\.\\" (params|prints|file|text) ?(.*)\n)?^\.EX\n((?:.*\n)*?)\.EE$', re.M)


def plain(roff):
    return re.sub(r"\\(?:\(..|.)", lambda m: ROFF[m.group()], roff)


def blocks(page, folder):
    """(script, its parameters, what it prints or None) of each example."""
    found = []
    for kind, rest, text in BLOCK.findall(open(page).read()):
        if kind == "prints":
            found[-1][2] = plain(text)
        elif kind == "file":
            open(os.path.join(folder, rest), "w").write(plain(text))
        elif kind != "text":
            found.append([plain(text), rest.split(), None])
    return [f for f in found if ".bpf.c" not in f[0] or shutil.which("clang")]


def one_liners(readme):
    for unsafe, script in re.findall(r"sonde (--unsafe )?(?:--aot \w+ )?-e '([^']+)'", open(readme).read()):
        yield script, []


def sonde(tool, options, script, params):
    return subprocess.run([tool, "-q", *options, "-e", script, *params], capture_output=True, text=True, timeout=60,
                          cwd=FOLDER.name)


def compiles(tool, script, params):
    mode = re.match("(test|bench):", script)
    options = ["--mode", mode[1]] if mode else []
    p = sonde(tool, ["--unsafe", *options, "--emit-elf", "/dev/null"], script, params)
    return None if p.returncode == 0 else p.stderr


def prints(tool, script, params, want):
    p = sonde(tool, [], script, params)
    return None if p.stdout.split() == want.split() else p.stdout + p.stderr


def main():
    run = sys.argv[1] == "--run"
    tool, *files = sys.argv[1 + run:]
    tool = os.path.abspath(tool)
    failures = done = 0
    for name in files:
        for script, params, *want in blocks(name, FOLDER.name) if re.search(r"\.[0-9](\.in)?$", name) else one_liners(name):
            if run and want[0] is None:
                continue
            trouble = prints(tool, script, params, want[0]) if run else compiles(tool, script, params)
            done += 1
            if trouble is not None:
                failures += 1
                print(f"FAIL {name}: {script}\n{trouble}")
    print(f"{done - failures} passed, {failures} failed")
    return failures > 0 or done == 0


sys.exit(main())
