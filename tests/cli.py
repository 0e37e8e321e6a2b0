#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line: options, exit codes, environment, and that the manual names each of them.

    cli.py SONDE MAN_PAGE
"""
import os, re, subprocess, sys, tempfile

SONDE, PAGE = os.path.abspath(sys.argv[1]), sys.argv[2]
ROOT = os.geteuid() == 0
failed = passed = 0


def check(name, ok, detail=""):
    global failed, passed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print(f"FAIL {name}\n{detail}")


def run(*args, env={}, stdin=None, cwd=None, prefix=()):
    p = subprocess.run([*prefix, SONDE, *args], env={**os.environ, "NO_COLOR": "1", **env}, input=stdin, text=True,
                       capture_output=True, timeout=60, cwd=cwd, errors="replace")
    return p.returncode, p.stdout, p.stderr


def says(name, args, status, out="", err="", **kw):
    """Runs with args; checks the exit status and that each stream holds its text."""
    got = run(*args, **kw)
    check(name, got[0] == status and out in got[1] and err.lower() in got[2].lower(),
          f"  {args}: status {got[0]}, not {status}?\n--- stdout\n{got[1]}--- stderr\n{got[2]}")


HI = 'BEGIN { printf("hi %s\\n", str($1)); }'

# -- asking wrongly --
says("help", ["-h"], 0, out="USAGE:\n")
says("version", ["--version"], 0, out="sonde v")
with tempfile.TemporaryDirectory() as folder:
    alias = os.path.join(folder, "bpftrace")
    os.symlink(SONDE, alias)
    got = subprocess.run([alias, "--version"], capture_output=True, text=True).stdout
    check("under the other name", re.fullmatch(r"bpftrace v\d+\.\d+\.\d+ \(sonde v[\d.]+\)\n", got), got)
says("nothing", [], 1, err="USAGE:\n")
says("unknown letter", ["-z"], 1, err="ERROR: Unknown option '-z'\n\nUSAGE:\n")
says("unknown word", ["--no-such"], 1, err="ERROR: Unknown option '--no-such'\n\nUSAGE:\n")
says("no argument", ["-e"], 1, err="option '-e' needs an argument".capitalize())
says("no script", ["-q"], 1, err="Filename or -e 'program' required.")
says("no such file", ["/no/such.bt"], 1, err="Failed to open file '/no/such.bt': No such file or directory")
says("a directory", ["/tmp"], 1, err="Failed to open file '/tmp': Is a directory")
says("no pid", ["-p", "x1", "-e", HI], 1, err="Failed to parse pid: invalid integer: x1")
says("pid and more", ["-p", "1x", "-e", HI], 1, err="Failed to parse pid: invalid trailing bytes: 1x")
says("negative pid", ["-p", "-1", "-e", HI], 1, err="Failed to parse pid: invalid integer: -1")
says("pid too large", ["-p", "5000000", "-e", HI], 1, err="Pid out of range: 5000000")
says("pid not there", ["-p", "4194303", "-e", HI], 1, err="there is no process 4194303")
says("pid and command", ["-p", "1", "-c", "true", "-e", HI], 1, err="Cannot use both -c and -p.")
says("format", ["-f", "jsonx", "-e", HI], 1, err="Invalid output format \"jsonx\"\nValid formats: 'text', 'json'")
says("buffering", ["-B", "page", "-e", HI], 1, err="-B must be either 'line', 'full', or 'none', not 'page'")
says("stage", ["-d", "types,tipes", "-e", HI], 1, err="Invalid option for -d: types,tipes")
says("-kk", ["-kk", "-e", HI], 1, err="-kk has been deprecated.")
says("-k against", ["-k", "--no-warnings", "-e", HI], 1, err="contradict")
if ROOT:
    says("what an exit sees besides", ["-lv", "fexit:vmlinux:vfs_read"], 0, out="    loff_t * pos\n    ssize_t retval\n")
    check("... and an entry does not", "retval" not in run("-lv", "fentry:vmlinux:vfs_read")[1])
    check("functions with '...' have no entry", "fentry:vmlinux:_printk\n" not in run("-l", "fentry:vmlinux:_print*")[1])
says("a file to list", ["-l", "nosuch.bt"], 0, err="'nosuch.bt' is a filename but the file does not exist")
says("a type to list, misspelled", ["-l", "tracpoint:*"], 1, err="did you mean 'tracepoint'?")
says("a part missing", ["-l", "tracepoint:sched"], 1, err="it is written as tracepoint:<category>:<event>")
says("a type without a target", ["-l", "iter"], 0, err="No matches for iter.\n  = hint: all of this type: sonde -l 'iter:*'")
says("none of all types", ["-l", "no_such_place_*"], 0, err="No matches for no_such_place_*.")
says("none of one type", ["-l", "uprobe:libc:mallok"], 0, err="did you mean 'uprobe:libc:malloc'?")
says("what lies nowhere", ["-l", "test:*"], 0, err="No matches for test:*.")
says("a program without -e", ["begin { exit(); }"], 1, err="(the text of a program stands behind -e)")
says("a file behind -e", ["-d", "ast", "-e", os.path.abspath(__file__)], 1, err="cli.py' is a file: without -e it is read")
says("a name that a stripped file has not", ["-d", "ast,types", "-e", "uprobe:libc:no_such_thing { }"], 1,
     err="what it has: sonde -l 'uprobe:libc:*'")
says("none of some", ["-l", "self:*,struct no_such"], 0, out="self:signal:SIGUSR1\n", err="No matches for struct no_such.")
says("error in a script", ["-e", "BEGIN { foo(); }"], 1, err="stdin:1:9-12: ERROR: Unknown function: 'foo'")

says("behind the end of a function", ["-e", "uprobe:libc:malloc+100000000 { }"], 1,
     err="Offset outside the function bounds ('malloc' size is")
# -- stages --
says("ast", ["-d", "ast", "-e", HI], 0, out="probe BEGIN")
CALLS = "fn f0($x: int64): int64 { $x + 1 } " + " ".join(
    f"fn f{i}($x: int64): int64 {{ {' + '.join([f'f{i - 1}($x)'] * 60)} }}" for i in range(1, 7))
says("each function is looked at once, whoever calls it", ["--mode", "codegen", "-e", CALLS + " begin { print(f6(1)); }"], 0)
says("stages by bpftrace's names", ["-d", "parse,codegen-opt,dis", "-e", HI], 0, out="exit")
says("warnings", ["-d", "types", "-e", "let @x = hash(1); BEGIN { }"], 0, err="WARNING: Unused map: @x")
silent = run("--no-warnings", "-d", "types", "-e", "let @x = hash(1); BEGIN { }")
check("no warnings", silent[0] == 0 and not silent[2], silent[2])
for value, coloured in (("always", True), ("never", False), ("auto", False)):
    text = run("-d", "types", "-e", "BEGIN { foo(); }", env={"SONDE_COLOR": value, "NO_COLOR": ""})[2]
    check(f"SONDE_COLOR={value}", ("\033[" in text) == coloured, text)

# -- environment --
MAP = ["-d", "image", "-e", "BEGIN { @x[1] = 1; }"]
for name in ("SONDE_MAX_MAP_KEYS", "BPFTRACE_MAX_MAP_KEYS", "BPFTRACE_MAP_KEYS_MAX"):
    says(name, MAP, 0, out="7777", env={name: "7777"})
says("SONDE_ wins", MAP, 0, out="7777", env={"SONDE_MAX_MAP_KEYS": "7777", "BPFTRACE_MAX_MAP_KEYS": "8888"})
says("wins over the script", ["-d", "image", "-e", "config = { max_map_keys=5 } " + MAP[-1]], 0, out="7777",
     env={"SONDE_MAX_MAP_KEYS": "7777"})
says("an old name", MAP, 0, err="map_keys_max has been renamed, please use max_map_keys",
     env={"BPFTRACE_MAP_KEYS_MAX": "10"})
says("not a number", MAP, 1, err="SONDE_MAX_MAP_KEYS in the environment: max_map_keys: expecting a number, got many",
     env={"SONDE_MAX_MAP_KEYS": "many"})
says("not a word", MAP, 1, err="valid values are bpftrace, perf, raw and build_id",
     env={"BPFTRACE_STACK_MODE": "nice"})

# -- running --
if ROOT:
    with tempfile.TemporaryDirectory() as folder:
        script, out = os.path.join(folder, "x.bt"), os.path.join(folder, "out")
        says("-e", ["-e", HI, "you"], 0, out="hi you\n", err="Attached 1 probe")
        says("-", ["-q", "-", "you"], 0, out="hi you\n", stdin=HI)
        says("exit code", ["-e", "BEGIN { exit(7); }"], 7)
        says("exit code modulo 256", ["-e", "BEGIN { exit(-1); }"], 255)
        says("a command", ["-c", "sh -c 'exit 3'", "-e", "interval:s:9 { }"], 0)
        says("quotes of a command", ["-c", "sh -c \"echo 'a  b' c\\\\ d\"", "-e", "interval:s:9 { }"], 0, out="a  b c d\n")
        says("no such command", ["-c", "/no/such/command", "-e", "interval:s:9 { }"], 1, err="/no/such/command")
        says("dry run", ["--dry-run", "-e", HI], 0)
        check("quiet", run("-q", "-e", HI, "you")[2] == "")
        says("output to a file", ["-q", "-o", out, "-e", HI, "file"], 0)
        check("the file", open(out).read() == "hi file\n\n\n", open(out).read())
        says("output nowhere", ["-o", "/no/such/dir/out", "-e", HI], 1, err="/no/such/dir/out")
        for mode in ("line", "full", "none"):
            says(f"-B {mode}", ["-B", mode, "-e", HI], 0, out="hi")
        for first in (f"#!{SONDE}", f"#!/usr/bin/env -S {SONDE} -q", f"#!{SONDE} -q --no-warnings"):
            with open(script, "w") as f:
                f.write(f"{first}\nBEGIN {{ printf(\"%s %d\\n\", str($1), $#); }}\n")
            os.chmod(script, 0o755)
            p = subprocess.run([script, "one", "two"], capture_output=True, text=True)
            check(first, p.returncode == 0 and "one 2\n" in p.stdout and ("-q" in first) == ("Attached" not in p.stderr),
                  p.stdout + p.stderr)
        os.chmod(folder, 0o755)
        nobody = ("setpriv", "--reuid=65534", "--clear-groups")
        says("not root", ["-e", HI], 1, err="Missing CAP_BPF capability", prefix=nobody)
        says("not root, but only compiled", ["-d", "types", "-e", HI], 0, prefix=nobody)

# -- the manual --
page = open(PAGE).read().replace("\\-", "-").replace('"', "").replace(" , ", ", ")
for line in run("-h")[1].splitlines():
    option = re.match(r"  (?:(-\w), |    )(--[\w-]+)", line)
    for word in option.groups() if option else ():
        check(f"man page: {word}", not word or re.search(rf"{re.escape(word)}\b", page))
for word in ("EXIT STATUS", "SONDE_BTF", "BPFTRACE_BTF", "SONDE_COLOR", "BPFTRACE_COLOR", "NO_COLOR", "CAP_BPF"):
    check(f"man page: {word}", word in page)

print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
