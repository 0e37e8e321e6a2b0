#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Messages that golden files cannot show: those of options, parameters and the environment; colours; odd bytes.

    messages.py SONDE
"""
import os, shutil, subprocess, sys, tempfile

SONDE = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.geteuid() == 0
failed = passed = 0


def run(args, stdin=None, env={}, cwd=None, prefix=(), tool=SONDE):
    p = subprocess.run([*prefix, tool, *args], input=stdin, capture_output=True, timeout=60, cwd=cwd,
                       env={**os.environ, "NO_COLOR": "1", **env})
    return p.returncode, p.stderr.decode(errors="replace")


def tells(args, text, status=1, **kw):
    """Runs with args: standard error holds text, and the exit status is this."""
    global passed, failed
    got = run(args, **kw)
    ok = got[0] == status and text in got[1]
    passed, failed = passed + ok, failed + (not ok)
    if not ok:
        print(f"FAIL {args}: status {got[0]}\n--- expected\n{text}\n--- got\n{got[1]}")


def script(text, *args):
    return ["-d", "image", *args[:args.index("--") if "--" in args else len(args)], "-e", text,
            *(args[args.index("--") + 1:] if "--" in args else ())]


# -- places --
def shown(text, expected, **kw):
    tells(["-d", "types", "-"], expected, stdin=text.encode("latin-1" if kw.get("raw") else "utf-8"))


shown("begin {\r\n\tprint(nosuch);\r\n}\r\n", "stdin:2:8-14: ERROR: Unknown identifier: 'nosuch'\n"
      "  2 |  print(nosuch);\n    |        ^^^^^^\n")
shown("begin { /* \u00e9\u4e2d */ print(nosuch); }", "  1 | begin { /* \u00e9\u4e2d */ print(nosuch); }\n"
      "    |                         ^^^^^^\n")
shown("begin { /* \xff */ print(nosuch); }", "  1 | begin { /* ? */ print(nosuch); }\n"
      "    |                       ^^^^^^\n", raw=True)
shown("begin { " + "$x = 1; " * 100 + "print(nosuch); " + "$x = 2; " * 100 + "}",
      "stdin:1:815-821: ERROR: Unknown identifier: 'nosuch'\n"
      "  1 | ... = 1; $x = 1; $x = 1; $x = 1; $x = 1; $x = 1; $x = 1; print(nosuch); $x = 2; $x = 2; $x = 2; "
      "$x = 2; $x = 2; $x = 2; $x ...\n"
      "    |                                                                ^^^^^^\n")
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "a b.bt"), "w") as f:
        f.write("begin { x; }\n")
    tells(["-d", "types", "a b.bt"], "a b.bt:1:9-10: ERROR: Unknown identifier: 'x'", cwd=folder)
    tells(["-d", "types", "-"], "stdin:1:9-10: ERROR: Unknown identifier: 'x'", stdin=b"begin { x; }")
    # -- imports --
    os.mkdir(os.path.join(folder, "open"))
    os.chmod(os.path.join(folder, "open"), 0o777)
    tells(script('import "open"; begin { }'), "Cowardly refusing to import from a directory with global write "
          "permissions: 'open'", cwd=folder)
    tells(script('import "open"; begin { }'), "chmod o-w, or import the files by name", cwd=folder)
    with open(os.path.join(folder, "f.bpf.c"), "w") as f:
        f.write("int f(int x) { return x; }\n")
    alone = {"PATH": folder}
    tells(script('import "f.bpf.c"; begin { f(1); }'), "There is no clang to compile 'f.bpf.c' with", cwd=folder, env=alone)
    tells(script('import "f.bpf.c"; begin { f(1); }'), "install the package 'clang', or import an object that is compiled "
          "already: f.bpf.o", cwd=folder, env=alone)

# -- colours --
for value, no_color, coloured in (("always", "", True), ("never", "", False), ("auto", "", False), ("auto", "1", False)):
    for name in ("SONDE_COLOR", "BPFTRACE_COLOR"):
        got = run(script("begin { x; }"), env={name: value, "NO_COLOR": no_color})[1]
        if ("\033[1;31mERROR:" in got) != coloured:
            failed += 1
            print(f"FAIL {name}={value}, NO_COLOR={no_color}\n{got}")

# -- options --
tells(["--mode", "foo", *script("begin { }")], "ERROR: --mode is test, bench or codegen, not 'foo'")
tells(["--mode", "bench", "--test", *script("begin { }")], "ERROR: --test does not go together with mode bench")
tells(["-kk", *script("begin { }")], "-kk has been deprecated. Use a single -k for runtime warnings for errors in map "
      "lookups and probe reads.")
tells(["-k", "--no-warnings", *script("begin { }")], "-k and --no-warnings contradict each other")
tells(["-d", "nosuch", "-e", "begin { }"], "invalid option for -d: nosuch (stages are all, ast, types, ir, ir-opt, asm, image)")
tells(["-d", "types", "-e", SONDE], f"WARNING: '{SONDE}' is a file: without -e it is read")
tells(["-p", "4194303", "-e", "begin { }"], "failed to attach to pid: there is no process 4194303")
tells(["--probe-filter", "[", "-e", "begin { }"], "ERROR: --probe-filter '[': ")
tells(["--aot", "/nosuch/out", "-e", "begin { }"], "cannot write '/nosuch/out': No such file or directory")
tells(["-l", "nosuch.bt"], "it appears that 'nosuch.bt' is a filename but the file does not exist. Treating 'nosuch.bt' as "
      "a search pattern.", 0)
tells(script("test:a { } test:a { }", "--test"), "There are two test probes 'a'")
tells(script("test:a { } test:a { }", "--test"), "~~~~~~ the other one")

# -- parameters --
tells(script("begin { printf($1); }", "--", "5"), "hint: str($N) takes a parameter as text")
tells(script("kprobe:$1 { }", "--", '"a'), "A quote in 'kprobe:\"a' is not closed")
tells(script("$1 { }", "--", "=interval:s:1"), "A name stands before '=' in '=interval:s:1'")
tells(script("$1 { }"), "stdin:1:1-3: WARNING: Positional parameter $1 is empty or not provided")

# -- what needs --unsafe --
unsafe = ("--unsafe",)
tells(script('profile:hz:9 { signal("SIGKIL"); }', *unsafe), "Invalid string for signal: SIGKIL")
tells(script('profile:hz:9 { signal("SIGKIL"); }', *unsafe), "did you mean 'SIGKILL'?")
tells(script("profile:hz:9 { signal(99); }", *unsafe), "signal() accepts a string literal or an integer between 1 and 64 "
      "(inclusive), not 99")
tells(script("begin { override(1); }", *unsafe), "override() can only be used inside kprobes (begin used here)")
tells(script('begin { write_user(1, "a", 5); }', *unsafe), "The source has 2 bytes, not 5")

# -- what is too much --
tells(["-d", "types", "-"], "String is too long (over 1048576 bytes): it has 1048577",
      stdin=b'begin { print("' + b"a" * 1048577 + b'"); }')
tells(script("begin { _ = memcmp((uint8 *)1, (uint8 *)2, 1025); }"), "memcmp() compares up to 1024 bytes")

# -- the environment --
nowhere = {"SONDE_TRACEFS": "/nosuch"}
tells(script("tracepoint:sched:* { }"), "Cannot read the kernel's list of tracepoints: No such file or directory", env=nowhere)
tells(script("tracepoint:sched:* { }"), "hint: SONDE_TRACEFS is '/nosuch'", env=nowhere)
if ROOT:
    tells(["-c", "", "-e", "begin { }"], "ERROR: -c: the command is empty")
    tells(["-c", "/nosuch/command", "-e", "begin { }"], "ERROR: cannot run '/nosuch/command': No such file or directory")
    tells(["-o", "/nosuch/out", "-e", "begin { }"], "cannot write '/nosuch/out': No such file or directory")
    nobody = ("setpriv", "--reuid=65534", "--clear-groups")
    tells(["-e", "begin { }"], "missing CAP_BPF capability, please run sonde as the root user", prefix=nobody)

    # -- loading and attaching --
    quiet = ["-q", "-e"]
    tells([*quiet, "let @a = hash(4000000000); begin { @a[1] = 1; }"], "ERROR: Cannot make @a, a map of 4000000000 entries: "
          "Argument list too long\n  = hint: make it smaller: its declaration or max_map_keys sets the number")
    maps = "begin { " + "".join(f"@m{i}[1] = 1; " for i in range(70)) + "}"
    for text in ("Error loading BPF program for begin: Argument list too long",
                 "= note: verifier: The total number of maps per program has reached the limit of 64",
                 "= hint: -v shows the verifier's whole log",
                 "= hint: a program can use 64 maps, some of which are ours: split the probe into several"):
        tells([*quiet, maps], text)
    tells([*quiet, "profile:hz:1 { } begin { @x[1] = 1; @y[1] = 2; }"],
          "= hint: too many files are open: raise the limit (ulimit -n)", prefix=("prlimit", "--nofile=14"))
    points = " ".join(f"watchpoint:0x{i}000:8:w {{ }}" for i in range(1, 10))
    tells([*quiet, points], "Cannot attach watchpoint:20480:8:w: No space left on device")
    tells([*quiet, points], "= hint: the processor's debug registers or counters are all in use")
    tells([*quiet, 'iter:task:/nosuch/x { printf("a"); }'], "Cannot pin to '/nosuch/x': No such file or directory")
    tells([*quiet, 'iter:task:/nosuch/x { printf("a"); }'],
          "= hint: it must lie in a BPF file system: mount -t bpf bpf /sys/fs/bpf")
    # -- running --
    tells([*quiet, "begin { for ($i : 0..9000000) { } }"],
          "WARNING: a loop ends after 8388608 rounds: the kernel allows no more", 0)
    tells([*quiet, "begin { $a = (uint8[4])1; print($a[nsecs]); }"],
          "WARNING: Array access out of bounds. This can lead to unexpected results.", 0)
    # -- programs made ahead of time --
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        traced, made, warns = (os.path.join(folder, name) for name in ("traced", "made", "warns"))
        shutil.copy(shutil.which("bash"), traced)
        run(["--aot", made, "-e", f"uprobe:{traced}:main {{ }}"])
        run(["--aot", warns, "-e", f"config = {{ missing_probes = 'warn' }} uprobe:{traced}:main {{ }}".replace("'", '"')])
        shutil.copy(shutil.which("true"), traced)
        tells(["one"], "WARNING: 'one' is not heeded: parameters were fixed when this program was made", tool=made)
        tells([], f"ERROR: Cannot attach uprobe:{traced}:main: '{traced}' has no function 'main'", tool=made)
        tells([], f"WARNING: Cannot attach uprobe:{traced}:main: '{traced}' has no function 'main'. Skipping.\n", tool=warns)
        tells([], "ERROR: Attachment failed for all probes", tool=warns)
        tells([], "this launcher has no program behind it: No such file or directory", tool=SONDE + "-launcher")
        # -- what may not be read --
        for name in ("a.bt", "o.bpf.o"):
            open(os.path.join(folder, name), "w").close()
            os.chmod(os.path.join(folder, name), 0)
        os.mkdir(os.path.join(folder, "closed"), 0o711)
        os.chmod(traced, 0)
        for what in ("a.bt", "closed", "o.bpf.o"):
            tells(script(f'import "{what}"; begin {{ }}'), f"Error reading import '{what}': Permission denied", cwd=folder,
                  prefix=nobody)
        tells(script(f"uprobe:{traced}:main {{ }}"), f"Cannot read '{traced}': Permission denied", prefix=nobody)
        tells(script("tracepoint:sched:* { }"), "hint: run as root, or with read access to /sys/kernel/tracing", prefix=nobody)
        # -- clang --
        os.mkdir(os.path.join(folder, "bin"))
        clang = os.path.join(folder, "bin", "clang")
        open(clang, "w").close()
        with open(os.path.join(folder, "f.bpf.c"), "w") as f:
            f.write("int f(int x) { return x; }\n")
        tells(script('import "f.bpf.c"; begin { }'), "Cannot run clang for 'f.bpf.c': Permission denied", cwd=folder,
              env={"PATH": os.path.dirname(clang)})
        if shutil.which("clang"):
            subprocess.run(["clang", "-target", "bpf", "-O2", "-c", "-o", "plain.bpf.o", "f.bpf.c"], cwd=folder, check=True)
            plain = script('import "plain.bpf.o"; begin { }')
            tells(plain, "'plain.bpf.o' does not describe its functions: it has no BTF", cwd=folder)
            tells(plain, "hint: compile it with -g", cwd=folder)

# -- what no BPF program holds --
many = "begin { " + "".join(f"if (rand % 7 == {i % 7}) {{ @[{i}, nsecs] = count(); }} " for i in range(1200)) + "}"
for text in ("A probe is too large: its jumps go farther than 32767 instructions",
             "hint: move parts of it into functions: fn f($x) { ... }"):
    tells(script(many), text)
tells(script("config = { max_strlen = 1000000 } begin { $a = str(1); $b = str(2); $c = str(3); $d = str(5); $e = ($a, $b); "
             "$f = ($c, $d); $g = ($e, $f); print($g); for ($i : 0..2) { print(($g, $f, $e)); $h = ($e, $e, $e, $e); "
             "print($h); } }"),
      "A probe needs 20000000 bytes for its strings and other large values: the most is 16777216")

# -- what the kernel lacks --
no_btf = {"SONDE_BTF": "/dev/null"}
tells(script("fentry:vfs_read { }"), "fentry needs the kernel's BTF, which is not there", env=no_btf)
tells(script("fentry:vfs_read { }"), "= hint: use a kprobe, or a kernel built with CONFIG_DEBUG_INFO_BTF", env=no_btf)
tells(script("iter:task { }"), "Iter needs the kernel's BTF, which is not there", env=no_btf)
tells(script("rawtracepoint:sched_switch { print(args.prev); }"), "The kernel's BTF does not describe 'sched_switch'",
      env=no_btf)
tells(script("rawtracepoint:sched_switch { print(args.prev); }"), "= hint: arg0, arg1 ... are its arguments as integers",
      env=no_btf)

# -- symbols --
tells(script('uprobe:libc:malloc { print(uaddr("nosuch")); }'), "' has no symbol 'nosuch'")
tells(script("uprobe:libc:malloc+100000000 { }"), "Offset outside the function bounds ('malloc' size is ")
tells(script('begin { print(percpu_kaddr("nosuch")); }'), "Could not resolve variable 'nosuch'")
tells(script("kprobe:vfs_read { print(arg99); }"), "doesn't support arg99: it passes ")
tells(script("kprobe:vfs_read { print(arg99); }"), """the others are on the stack: *(uint64 *)(reg("sp") + offset)""")

print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
