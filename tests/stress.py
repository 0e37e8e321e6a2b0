#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How a run ends: signals, closed pipes, stuck readers, SIGKILL; nothing may stay behind (as root)."""
import os, signal, subprocess, sys, tempfile, time

SONDE = os.path.abspath(sys.argv[1])
failed = passed = 0


def check(name, ok, detail=""):
    global failed, passed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print(f"FAIL {name} {detail}")


def start(*args, **kw):
    """Starts sonde and waits until it is attached."""
    p = subprocess.Popen([SONDE, *args], stderr=subprocess.PIPE, text=True, **kw)
    line = p.stderr.readline()
    check(f"starts {args}", line.startswith("Attached"), line)
    return p


def ends(p, within=5):
    try:
        out, err = p.communicate(timeout=within)
        return p.returncode, out or "", err or ""
    except subprocess.TimeoutExpired:
        p.kill()
        p.communicate()
        return None, "", ""


def left_behind():
    text = ""
    for name in ("uprobe_events", "kprobe_events", "dynamic_events"):
        try:
            text += open(f"/sys/kernel/tracing/{name}").read()
        except OSError:
            pass
    return text


SLEEPS = 'interval:s:100 { } BEGIN { @x = 1; } END { printf("end\\n"); }'
TALKS = 'interval:us:500 { printf("%4000s\\n", "x"); }'

if os.geteuid():
    sys.exit("0 passed: not root")
before = left_behind()
for number in (signal.SIGINT, signal.SIGTERM):
    p = start("-e", SLEEPS, stdout=subprocess.PIPE)
    p.send_signal(number)
    status, out, _ = ends(p)
    check(f"{number.name} ends in order", status == 0 and "end\n" in out and "@x: 1" in out, (status, out))
    # timeout(1) signals twice.
    p = start("-e", SLEEPS, stdout=subprocess.PIPE)
    p.send_signal(number)
    p.send_signal(number)
    status, out, _ = ends(p)
    check(f"{number.name} twice at once is one", status == 0 and "@x: 1" in out, (status, out))

p = start("-e", TALKS, stdout=subprocess.PIPE)
p.stdout.readline()
p.stdout.close()
check("a closed pipe ends quietly", (status := ends(p))[0] == 0 and not status[2], status)

p = start("-e", TALKS, stdout=subprocess.PIPE)
time.sleep(0.5)  # the pipe is full now, and nobody reads
p.send_signal(signal.SIGINT)
time.sleep(0.5)
check("one signal waits for the reader", p.poll() is None)
p.send_signal(signal.SIGINT)
try:
    check("a second one does not", p.wait(timeout=3) == -signal.SIGINT)
except subprocess.TimeoutExpired:
    check("a second one does not", False)
    p.kill()
p.communicate()

p = start("-c", "sleep 100", "-e", SLEEPS, stdout=subprocess.PIPE)
p.send_signal(signal.SIGINT)
check("the command ends with the script", ends(p)[0] == 0)

PROBES = ('tracepoint:sched:sched_switch { @[args.next_pid] = count(); } uprobe:libc:getpid { @u = count(); } '
          'interval:s:100 { } software:page-faults:100 { @f = count(); }')
p = start("-e", PROBES, stdout=subprocess.PIPE)
p.kill()
p.communicate()
for _ in range(30):
    if left_behind() == before:
        break
    time.sleep(0.1)
check("SIGKILL leaves nothing attached", left_behind() == before, left_behind())

many = "".join(f"interval:ms:{1000 + i} {{ @[{i}] = count(); }}\n" for i in range(200))
p = start("-e", many, stdout=subprocess.PIPE)
p.send_signal(signal.SIGINT)
check("200 probes", ends(p)[0] == 0)

# What a traced program does not control: the terminal.
p = subprocess.run([SONDE, "-q", "-e", 'BEGIN { printf("%s\\n", str($1)); @[str($1)] = 1; print(str($1)); }', "\033[2J\x9b"],
                   capture_output=True, timeout=20)
check("escapes of traced strings", b"\033" not in p.stdout and b"\\x1b[2J" in p.stdout, p.stdout)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
