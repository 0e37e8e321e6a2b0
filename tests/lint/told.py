#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each message of the sources is expected by a test.

The messages are the format strings of functions that are declared with the attribute format(printf), less those that
build other text, and of the functions in TEXT. A message is told when one line of an expectation holds its literal
parts in their order: golden .err and .warn files, cases, python tests, unit tests.

told.except, beside this file, lists what no test can provoke, each with its reason: "TEXT  # REASON".

    told.py [--list]
"""
import glob, os, re, sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
# log_info speaks with -v only.
BUILDERS = {"strbuf_addf", "strbuf_vaddf", "arena_printf", "bug", "log_info"}
# Functions that take a text as it is, and which argument it is.
TEXT = {"cg_warn": 1}
CONVERSION = r"%[-+ 0#]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:hh|h|ll|l|z|j)?[a-zA-Z]"
LITERAL = r'"(?:[^"\\\n]|\\.)*"'
EXPECTATIONS = ("tests/golden/**/*.err", "tests/golden/**/*.warn", "tests/runtime/*.cases", "tests/diff/*.cases",
                "tests/*.py", "tests/vm/run", "tests/unit/*/*_test.c")


def read(path):
    return open(path, errors="replace").read()


def without_comments(text):
    """Comments become blanks; literals stay, and so do the numbers of lines."""
    def blank(m):
        return m.group(0) if m.group(0)[0] in "\"'" else re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(rf"{LITERAL}|'(?:[^'\\\n]|\\.)+'|/\*.*?\*/|//[^\n]*", blank, text, flags=re.S)


def formatters(sources):
    """Name -> which argument is the format, of the functions that messages are made with."""
    found = dict(TEXT)
    pattern = re.compile(r"(\w+)\s*\([^;{}]*?\)\s*__attribute__\(\(format\(printf, (\d+)|"
                         r"__attribute__\(\(format\(printf, (\d+), \d+\)\)\)[^;{}(]*?(\w+)\(")
    for text in sources.values():
        for m in pattern.finditer(text):
            name, at = (m.group(1), m.group(2)) if m.group(1) else (m.group(4), m.group(3))
            if name not in BUILDERS:
                found[name] = int(at) - 1
    return found


def arguments(text, at):
    """The arguments of the call whose parenthesis is at."""
    args, depth, start = [], 0, at + 1
    for m in re.finditer(rf"{LITERAL}|'(?:[^'\\\n]|\\.)+'|[(){{}},\[\]]", text[at:]):
        c, i = m.group(0), at + m.start()
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if not depth:
                return args + [text[start:i]]
        elif c == "," and depth == 1:
            args.append(text[start:i])
            start = i + 1
    return args


def unescape(literal):
    short = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda m: short.get(m.group(1), m.group(1)), literal)


def literals(argument):
    """The texts in an argument; literals side by side, or with a macro between them, are one."""
    result = []
    word = r"(?:[A-Z][A-Z0-9_a-z]+\s*)?"
    for m in re.finditer(rf"{word}{LITERAL}(?:\s*{word}{LITERAL})*(?:\s*PRI[udxi]\d+)?", argument):
        text = re.sub(r"\bPRI[udxi]\d+\b", '"u"', m.group(0))
        text = re.sub(rf"({LITERAL})|\b([A-Z]\w+)", lambda x: x.group(0) if x.group(1) else '"%s"', text)
        result.append("".join(unescape(p[1:-1]) for p in re.findall(LITERAL, text)))
    return result


def messages(sources):
    """(place, format) of each."""
    calls = formatters(sources)
    name = re.compile(r"\b(%s)\s*\(" % "|".join(calls))
    for path, text in sources.items():
        for m in name.finditer(text):
            args = arguments(text, m.end() - 1)
            for fmt in literals(args[calls[m.group(1)]]) if len(args) > calls[m.group(1)] else ():
                if re.search("[a-z]{2}", re.sub(CONVERSION, "", fmt)):
                    yield f"{path}:{text.count(chr(10), 0, m.start()) + 1}", fmt


class Corpus:
    """What tests expect, to be searched for formats."""

    def __init__(self, texts):
        self.text = "\n".join(texts)
        self.lower = self.text.lower()

    def tells(self, fmt):
        parts = [p.replace("\0", "%") for p in re.split(CONVERSION, fmt.replace("%%", "\0"))]
        longest = max(parts, key=len).lower()
        told = re.compile(".*?".join(re.escape(p) for p in parts), re.I)
        at = self.lower.find(longest)
        while at >= 0:
            start, end = self.lower.rfind("\n", 0, at) + 1, self.lower.find("\n", at + len(longest))
            if told.search(self.text, start, end if end >= 0 else len(self.text)):
                return True
            at = self.lower.find(longest, at + 1)
        return False


def expectations():
    for glob_of in EXPECTATIONS:
        for path in glob.glob(os.path.join(TOP, glob_of), recursive=True):
            text = read(path)
            yield text
            if path.endswith((".py", ".c", "run")):
                text = re.sub(r'"\s*\n\s*f?"', "", text)
                yield unescape(re.sub(r"\\n", "\n", text))
            if path.endswith(".cases"):
                yield re.sub(r"\\([^\w])", r"\1", text)


def main():
    sources = {}
    for path in sorted(glob.glob(os.path.join(TOP, "src/**/*.[chyl]"), recursive=True)):
        sources[os.path.relpath(path, TOP)] = without_comments(read(path))
    excused = {}
    for line in read(os.path.join(HERE, "told.except")).splitlines():
        if line.strip() and not line.startswith("#"):
            text, _, why = line.partition("  # ")
            excused[text.strip()] = why
    corpus, bad, seen = Corpus(expectations()), 0, 0
    used = set()
    for place, fmt in messages(sources):
        key = fmt.replace("\n", "\\n")
        seen += 1
        if "--list" in sys.argv:
            print(f"{place}: {key}")
        told = corpus.tells(fmt)
        if key in excused:
            used.add(key)
            if told:
                bad += 1
                print(f"{place}: is tested, and listed as untested: {key}")
        elif not told:
            bad += 1
            print(f"{place}: no test expects: {key}")
    for key in excused:
        if key not in used:
            bad += 1
            print(f"told.except: no such message: {key}")
        elif not excused[key]:
            bad += 1
            print(f"told.except: no reason: {key}")
    print(f"{seen} messages, {len(excused)} excused, {bad} wrong")
    return bad > 0 or not seen


sys.exit(main())
