#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Large and branchy scripts: the verifier takes each, and walks few instructions of it (as root).

    large.py SONDE [WORD]      only rows whose name has that word
"""
import glob, os, re, signal, subprocess, sys, tempfile

SONDE = os.path.abspath(sys.argv[1])
WORD = sys.argv[2] if len(sys.argv) > 2 else ""
TIMEOUT = int(os.environ.get("CASE_TIMEOUT", 60))
MOST = 100_000  # instructions walked; the kernel gives up after a million


def each(n, text, sep=" "):
    """text for 0 .. n-1, where # is the number."""
    return sep.join(text.replace("#", str(i)) for i in range(n))


def body(text):
    return "interval:s:1000 { " + text + " }"


# $a#: one of three constants, by conditions that have nothing to do with each other.
THREE = "$a# = 2; if (pid & (1 << #)) { $a# = 0; @c = count(); } else if (pid & (1 << (# + 32))) { $a# = 1; @d = count(); }"
PLAIN = {
    "flags set, then asked for": each(24, THREE) + each(24, "if ($a# == 0) { @z[#] = count(); }"),
    "flags in a loop": "for ($i : 0..3) { " + each(24, THREE) + each(24, "if ($a# == 0) { @z[#] = count(); }") + " }",
    "flags as narrow keys": each(24, THREE) + each(24, "@z[(uint8)$a#, (bool)$a#] = count();"),
    "flags as indexes": "$x = (uint8[8])nsecs;" + each(16, THREE) + each(16, "@z = sum($x[(uint64)$a#]);"),
    "flags as lengths": each(16, THREE) + each(16, "@z[str(1, $a#)] = count();"),
    "flags as rounds": each(16, THREE) + each(16, "for ($i : 0..$a#) { @z = count(); }"),
    "flags in histograms": each(16, THREE) + each(16, "@h = hist($a#); @l = lhist($a#, 0, 10, 1);"),
    "flags as divisors": each(16, THREE) + each(16, "@z = sum(nsecs / $a# + 7 % $a#);"),
    "flags summed and asked for": each(24, THREE) + "if (" + each(24, "$a#", "+") + " > 5) { print(1); }",
    "texts set, then asked for": each(16, THREE.replace("= 0;", '= "a";').replace("= 1;", '= "b";').replace("= 2;", '= "c";')) +
    each(16, '@z = sum($a# == "b");'),
    "tuples set, then asked for": each(16, re.sub(r"= (\d);", r'= (\1, "x");', THREE)) + each(16, '@z = sum($a# == (1, "x"));'),
    "counters": "$x = nsecs; $n = 0; $m = 0; $k = 0;" + each(24, "if ($x & (1 << #)) { $n++; @c = count(); } else { $m++; }"
                                                             "if ($x & (1 << (# + 8))) { $k++; @d = count(); }") +
    "if ($n > 5) { print($n); } if ($m > $k) { print($m); }",
    "values asked for twice": each(24, "$a# = nsecs;") + each(24, "if ($a# > 7) { @c = count(); }") + each(24, "if ($a# > 3) { @d = count(); }"),
    "sums of conditionals": "if (" + each(30, "(nsecs > # ? (pid > # ? # : 7) : 3)", "+") + " > 99) { print(1); }",
    "results of has_key": "@h[1] = 1;" + each(20, "$a# = has_key(@h, #);") + each(20, "if ($a#) { print(#); }"),
    "aggregations asked for": each(20, "@m# = max(nsecs); $a# = (int64)@m#;") + each(20, "if ($a# > 0) { @c = count(); }"),
    "keys with conditionals": each(30, "@[nsecs > # ? # : 100, pid > # ? comm : \"x\"] = count();"),
    "500 conditionals": each(500, "if (nsecs % (# + 1) == 0) { @a[#] = count(); }"),
    "500 statements": "$x = 1;" + each(100, '@a[#] = count(); @b = #; $x = $x + #; printf("# %d\\n", $x); if ($x == #) { @b++; }'),
    "else if, 200 times": "$x = nsecs; $r = 0;" + each(200, "if ($x == #) { $r = # * 7; @c[#] = count(); }", " else ") + "print($r);",
    "else if over texts": "$x = comm; $r = 0;" + each(150, 'if ($x == "abc#") { $r = # * 7; }', " else ") + "print($r);",
    "40 ifs deep": "$x = nsecs;" + each(40, "if ($x & (1 << #)) { $v# = #; @a[#] = count();") + "}" * 40,
    "a chain of 200 ternaries": "$x = nsecs; print(" + each(200, "$x == # ? # * 7", ":") + " : 5);",
    "unroll(100)": '$i = 0; unroll(100) { $i++; if ($i > 3) { @a[$i] = hist(nsecs); printf("%d %s", $i, comm); @b[comm, $i] = max(nsecs); } }',
    "60 variables over a loop": each(60, "$v# = nsecs;") + "for ($k : 0..10) { " + each(60, "$v# += $k;") + "} print(" + each(60, "$v#", "+") + ");",
    "a sum of 200 products": "$x = nsecs; $y = pid; print(" + each(200, "($x * # ^ $y)", "+") + ");",
    "a sum of 100 calls": "print(" + each(100, "(nsecs ^ pid)", "+") + ");",
    "a sum of 100 quotients": "$x = nsecs; print(" + each(100, "(# + 1) / ($x + #)", "+") + ");",
    "a condition of 200 terms": "$x = nsecs; if (" + each(200, "$x != #", "&&") + ") { print(1); }",
    "loops nested 7 deep": "@m[1] = 1;" + each(7, ("for ($i# : 0..3) {", "for ($p# : @m) {")[0]) +
    'if ($i0 > 1) { break; } $s = str(1); printf("%s %d", $s, $i6);' + "}" * 7,
    "aggregations, 7 loops deep": each(7, "for ($i# : 0..3) {") + "@m = max(nsecs); @h[$i6] = hist(@m); if (@m > 5) { delete(@h[1]); }" + "}" * 7,
    "whiles that leave": "$i = 0; while ($i < 100) { $j = 0; while ($j < 100) { $k = 0; while ($k < 10) { $k++; if ($k == 5 && $j == 3) "
    "{ return; } } $j++; if ($j > $i) { break; } } $i++; }",
    "60 texts over a loop": each(60, "$v# = comm;") + "for ($k : 0..10) { " + each(60, 'if ($v# == "x") { $v# = "y"; }') + "}" + each(60, "print($v#);"),
    "searches in texts": "$s = comm;" + each(24, '$a# = strstr($s, "a#"); if (strcontains($s, "b#")) { @c = count(); }') +
    each(24, "if ($a# == 0) { print(#); }"),
}
SCRIPTS = {"": PLAIN, "config = { max_strlen=65536 }\n": {
    "long texts": 'for ($i : 0..10) { $s = str(nsecs); if ($s == "abc") { @[$i] = count(); } if (strcontains($s, "x")) { printf("%s\\n", $s); } '
    '$t = str_concat($s, "abc"); if ($t != $s) { print($t); } }' + each(20, 'printf("%s # %s\\n", str(#), str(nsecs));'),
}, "config = { max_strlen=200 }\n": {
    "long texts compared, 7 loops deep": each(7, "for ($i# : 0..3) {") + "$s = str(1); if ($s == str(2)) { @c = count(); }" + "}" * 7,
}}


def walked(pid):
    """The most instructions that the verifier walked for a program of the process."""
    most = 0
    for path in glob.glob(f"/proc/{pid}/fdinfo/*"):
        found = re.search(r"verified_insns:\s*(\d+)", open(path).read())
        most = max(most, int(found[1]) if found else 0)
    return most


def run(script):
    """The instructions walked, or what it said instead of starting."""
    with tempfile.NamedTemporaryFile("w", suffix=".bt") as f:
        f.write(script)
        f.flush()
        p = subprocess.Popen([SONDE, f.name], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        said = ""
        for line in p.stderr:
            if line.startswith("Attached"):
                n = walked(p.pid)
                p.send_signal(signal.SIGINT)
                p.communicate(timeout=TIMEOUT)
                return n, ""
            said += line
        p.communicate()
        return None, said


def fails(script):
    n, said = run(script)
    return f"{n} instructions\n{said[-2000:]}" if n is None or n > MOST else None


def renamed(text, row):
    """A body with maps of its own."""
    return re.sub(r"@(\w*)", rf"@r{row}_\1", text)


def main():
    if os.geteuid():
        sys.exit("0 passed: not root")
    rows = [(config, name, text) for config, group in SCRIPTS.items() for name, text in group.items() if WORD in name]
    failed = 0
    for config in SCRIPTS:
        bodies = [renamed(text, i) for i, (c, _, text) in enumerate(rows) if c == config]
        # All of them are probes of one script; one by one where that fails, to tell which it is.
        if not bodies or not fails(config + "\n".join(map(body, bodies))):
            continue
        for c, name, text in rows:
            if c == config and (why := fails(config + body(text))):
                failed += 1
                print(f"FAIL {name}: {why}")
    print(f"{len(rows) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
