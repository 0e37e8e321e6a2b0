# SPDX-License-Identifier: Apache-2.0
"""Maps, statements and programs: how each is written, typed and run.

settle() types a statement once; Program.settle() repeats that until all types stand still.
"""
from expr import Changes, Var, check_parts, compute, divide
from values import (U64, Unfit, convert, conversion, hist_json, hist_text, integer, json, json_string, key_json, key_order,
                    key_text, percentiles, promote, SCALES, sign_of_binary, text, wrap, zero)


class Leave(Exception):
    """break, continue or return on its way out."""


class Map:
    def __init__(self, name, keyed, shape, agg=None, arg=()):
        self.name, self.keyed, self.shape, self.agg, self.arg = name, keyed, shape, agg, arg
        self.key = self.value = None
        self.size = 0       # of an array; 0: it is a hash
        self.signed, self.literal = False, True     # literal: nothing else went into it

    def declaration(self):
        return f"let {self.name} = {'percpuarray' if self.agg else 'array'}({self.size});" if self.size else ""

    def holds(self, key):
        return not self.size or 0 <= key < self.size

    def read_type(self):
        return self.value if not self.agg else U64 if self.agg == "count" else integer(8, self.signed or self.literal)

    # -- aggregations: count and sum keep a number, the others lists --

    def add(self, run, key, v):
        if not self.holds(key):
            return
        entries, t = run.map[self], self.read_type()
        if self.agg in SCALES:
            n = SCALES[self.agg][0](v, *self.arg)
            buckets = entries.setdefault(key, {})
            buckets[n] = buckets.get(n, 0) + 1
            return
        v = wrap(v, t)
        old = entries.get(key)
        if self.agg == "percentiles":
            entries.setdefault(key, []).append(v)
            return
        entries[key] = {
            "count": lambda: (old or 0) + 1,
            "sum": lambda: wrap((old or 0) + v, t),
            "min": lambda: v if old is None else min(v, old),
            "max": lambda: v if old is None else max(v, old),
        }.get(self.agg, lambda: (wrap((old or (0, 0))[0] + v, t), (old or (0, 0))[1] + 1))()

    def number(self, v):
        """What a value is as an integer."""
        return v if self.agg not in ("avg", "stats") else divide(*v) if v and v[1] else 0

    def read(self, run, key):
        v = run.map[self].get(key)
        if self.agg:
            return self.number(v or 0)
        return zero(self.value) if v is None else v

    # -- printing --

    def order(self, key, v):
        tie = key_order(key, self.key) if self.keyed else 0
        if self.agg == "percentiles":
            return percentiles(v, self.arg)[-2], tie
        if self.agg in SCALES:
            return sum(v.values()), tie
        number = self.agg or self.value[0] in ("int", "bool")
        return self.number(v) if number else 0, tie

    def percentiles_text(self, v, div, as_json):
        count, *rest = percentiles(v or [], self.arg)
        words = [("count", count, U64)] + [(name, divide(n, div), self.read_type())
                                           for name, n in zip([*("p" + p for p in self.arg), "max"], rest)]
        if as_json:
            return "{" + ", ".join(f'"{name}": {json(n, t)}' for name, n, t in words) + "}"
        return "{ " + ", ".join(f".{name} = {n}" for name, n, _ in words) + " }"

    def value_text(self, v, div, as_json):
        if self.agg == "percentiles":
            return self.percentiles_text(v, div, as_json)
        if self.agg == "stats":
            average, (total, n) = divide(self.number(v), div), v or (0, 0)
            t = self.read_type()
            return f'{{"count": {n}, "average": {json(average, t)}, "total": {json(total, t)}}}' if as_json else \
                f"{{ .count = {n}, .average = {average}, .total = {total} }}"
        t = self.read_type()
        if self.agg or t[0] == "int":
            v = divide(self.number(v), div)
        return json(v, t) if as_json else text(v, t)

    def printed(self, run, top, div, at_exit, as_json):
        entries = run.map[self]
        if not self.keyed and not entries:
            if at_exit or self.agg in SCALES:
                return ""
            entries = {(): {"stats": (0, 0), "avg": (0, 0)}.get(self.agg, 0) if self.agg else zero(self.value)}
        rows = sorted(entries.items(), key=lambda kv: self.order(*kv))[-top:]
        return self.json(rows, div) if as_json else self.text(rows, div)

    def text(self, rows, div):
        out = ""
        for k, v in rows:
            name = self.name + (f"[{key_text(k, self.key)}]" if self.keyed else "")
            if self.agg in SCALES:
                v = {i: n for i, n in v.items()}
                out += f"{name}:\n{hist_text(self.agg, self.arg, v)}\n"
            else:
                out += f"{name}: {self.value_text(v, div, False)}\n"
        return out

    def json(self, rows, div):
        kind = "hist" if self.agg in SCALES else {"stats": "stats", "avg": "stats", "percentiles": "percentiles"}.get(self.agg, "map")
        one = (lambda v: hist_json(self.agg, self.arg, v)) if kind == "hist" else (lambda v: self.value_text(v, div, True))
        if not rows:
            return ""
        data = "{" + ", ".join(f"{json_string(key_json(k, self.key))}: {one(v)}" for k, v in rows) + "}" if self.keyed \
            else one(rows[0][1])
        return f'{{"type": "{kind}", "data": {{"{self.name}": {data}}}}}\n'


# -- statements --

class Stmt:
    blocks = ()     # lists of statements in it, for the shrinker

    def settle(self):
        """Types what is in it, once."""

    check = check_parts


class Let(Stmt):
    def __init__(self, var, spec, value):
        self.var, self.spec, self.value = var, spec, value

    def text(self):
        return f"let {self.var.name}" + (f" : {self.spec}" if self.spec else "") + \
            (f" = {self.value.text()}" if self.value else "") + ";"

    def settle(self):
        if self.value:
            self.var.check_literal(self.value)
            self.var.assign(self.value.type())

    def run(self, run):
        if self.value:
            self.var.store(run, self.value.value(run), self.value.t, self.var)
        else:
            run.var[self.var] = zero(self.var.kept)


class Assign(Stmt):
    def __init__(self, target, op, value):
        self.target, self.op, self.value = target, op, value

    def text(self):
        return f"{self.target.text()} {self.op} {self.value.text()};"

    def settle(self):
        t, a = self.value.type(), self.target.type()
        if self.op == "=" and isinstance(self.target, Var):
            self.target.check_literal(self.value)
        if self.op != "=":
            self.wide = t and a and integer(8, sign_of_binary(self.op[:-1], a, t))
            t = self.wide
        self.target.assign(t)

    def run(self, run):
        if self.op == "=":
            v = self.value.value(run)
            self.target.store(run, v, self.value.t, self.target.place(run))
            return
        # The key is computed once, before the value.
        place = self.target.place(run)
        old, _ = self.target.load(run, place)
        v = self.value.value(run)
        self.target.store(run, compute(self.op[:-1], old, v, self.wide), self.wide, place)


class Aggregate(Stmt):
    def __init__(self, target, value):
        self.target, self.value = target, value

    def text(self):
        m = self.target.map
        args = ([self.value.text()] if self.value else []) + [f'"{a}"' if "." in str(a) else str(a) for a in m.arg]
        return f"{self.target.text()} = {m.agg}({', '.join(args)});"

    def settle(self):
        m = self.target.map
        m.filled = True
        self.target.type()
        t = self.value and self.value.type()
        if t and m.name in self.value.text():
            raise Unfit("a sign that depends on itself")
        if t and not t[3] and (m.literal or t[2] > m.signed):
            m.signed, m.literal = m.signed or t[2], False
            Changes.n += 1

    def run(self, run):
        key = self.target.key_value(run)
        self.target.map.add(run, key, self.value.value(run) if self.value else 0)


class ExprStmt(Stmt):
    def __init__(self, expr, discard=False):
        self.expr, self.discard = expr, discard

    def text(self):
        return f"{'_ = ' if self.discard else ''}{self.expr.text()};"

    def settle(self):
        self.expr.type()

    def run(self, run):
        self.expr.value(run)


class If(Stmt):
    def __init__(self, cond, yes, no):
        self.cond, self.blocks = cond, (yes, no)

    def text(self):
        yes, no = map(block_text, self.blocks)
        return f"if ({self.cond.text()}) {yes}" + (f" else {no}" if self.blocks[1] else "")

    def settle(self):
        self.cond.type()
        settle_block(*self.blocks)

    def run(self, run):
        run_block(run, self.blocks[not self.cond.value(run)])


def block_text(stmts):
    return "{ " + " ".join(s.text() for s in stmts) + " }"


def settle_block(*blocks):
    for b in blocks:
        for s in b:
            s.settle()


def run_block(run, stmts):
    for s in stmts:
        run.step()
        s.run(run)


class Loop(Stmt):
    def turn(self, run):
        """Runs the body once; False: a break ended the loop."""
        try:
            run_block(run, self.blocks[0])
        except Leave as leave:
            if leave.args[0] == "break":
                return False
            if leave.args[0] != "continue":
                raise
        return True


class While(Loop):
    def __init__(self, var, limit, body, step_in_head):
        self.var, self.limit, self.blocks, self.in_head = var, limit, (body,), step_in_head

    def text(self):
        head = f"{self.var.name}++ < {self.limit}" if self.in_head else f"{self.var.name} < {self.limit}"
        body = block_text(self.blocks[0])
        return f"{self.var.name} = 0; while ({head}) " + (body if self.in_head else "{ " + f"{self.var.name}++; {body[2:]}")

    def settle(self):
        self.var.assign(integer(8, False))
        settle_block(*self.blocks)

    def run(self, run):
        for i in range(self.limit):
            run.var[self.var] = i + 1
            if not self.turn(run):
                return
        run.var[self.var] = self.limit + self.in_head


class ForRange(Loop):
    def __init__(self, var, start, end, body, parens):
        self.var, self.start, self.end, self.blocks, self.parens = var, start, end, (body,), parens

    def text(self):
        head = f"{self.var.name} : {self.start.at(14)}..{self.end.at(14)}"
        return f"for {f'({head})' if self.parens else head} {block_text(self.blocks[0])}"

    def settle(self):
        a, b = self.start.type(), self.end.type()
        if a and b:
            t = promote(a, b)
            self.var.assign(integer(8, t[2] or t[3]))
        settle_block(*self.blocks)

    def run(self, run):
        t = self.var.kept
        for i in range(wrap(self.start.value(run), t), wrap(self.end.value(run), t)):
            run.var[self.var] = i
            if not self.turn(run):
                return


class ForMap(Loop):
    """The order is nobody's promise: the body adds up only."""

    def __init__(self, var, m, body):
        self.var, self.map, self.blocks = var, m, (body,)

    def text(self):
        return f"for ({self.var.name} : {self.map.name}) {block_text(self.blocks[0])}"

    def settle(self):
        if self.map.key and self.map.read_type():
            self.var.assign(("tup", (self.map.key, self.map.read_type())))
        settle_block(*self.blocks)

    def run(self, run):
        for k in list(run.map[self.map]):
            run.var[self.var] = (k, self.map.read(run, k))
            if not self.turn(run):
                return


class Unroll(Loop):
    def __init__(self, n, body):
        self.n, self.blocks = n, (body,)

    def text(self):
        return f"unroll({self.n}) {block_text(self.blocks[0])}"

    def settle(self):
        settle_block(*self.blocks)

    def run(self, run):
        for _ in range(self.n):
            if not self.turn(run):
                return


class Jump(Stmt):
    def __init__(self, word):
        self.word = word

    def text(self):
        return self.word + ";"

    def run(self, run):
        raise Leave(self.word)


class Printf(Stmt):
    """parts: text, or (spec, expression); see values.conversion"""

    def __init__(self, parts):
        self.parts = parts

    def text(self):
        format, args = "", ""
        for p in self.parts:
            if isinstance(p, str):
                format += p.replace("%", "%%").replace('"', '\\"')
            else:
                (flags, width, precision, length, letter), e = p
                format += f"%{flags}{width or ''}{'' if precision is None else f'.{precision}'}{length}{letter}"
                args += ", " + e.text()
        return f'printf("{format}\\n"{args});'

    def settle(self):
        for p in self.parts:
            if not isinstance(p, str):
                p[1].type()

    def run(self, run):
        out = ""
        for p in self.parts:
            out += p if isinstance(p, str) else conversion(p[0], p[1].value(run), p[1].t)
        run.say(f'{{"type": "printf", "data": {json_string(out + chr(10))}}}\n' if run.json else out + "\n")


class Print(Stmt):
    def __init__(self, value):
        self.value = value

    def text(self):
        return f"print({self.value.text()});"

    def settle(self):
        self.value.type()

    def run(self, run):
        v, t = self.value.value(run), self.value.t
        run.say(f'{{"type": "value", "data": {json(v, t)}}}\n' if run.json else text(v, t) + "\n")


class MapOp(Stmt):
    """print, clear and zero of a whole map: done when the event is read."""

    def __init__(self, name, m, *args):
        self.name, self.map, self.args = name, m, args

    def text(self):
        return f"{self.name}({', '.join([self.map.name, *map(str, self.args)])});"

    def run(self, run):
        run.say(self)

    def happen(self, run):
        entries = run.map[self.map]
        if self.name == "print":
            top, div = self.args + (0, 1)[len(self.args):]
            return self.map.printed(run, top, div, False, run.json)
        if self.name == "clear":
            entries.clear()
        return ""


class Probe:
    def __init__(self, name, predicate, body):
        self.name, self.predicate, self.body = name, predicate, body

    def text(self):
        return self.name + (f" /{self.predicate.text()}/" if self.predicate else "") + " " + block_text(self.body)

    def settle(self):
        if self.predicate:
            self.predicate.type()
        settle_block(self.body)


class Run:
    """One execution: what variables and maps hold, what was said."""

    def __init__(self, maps, as_json):
        self.map = {m: {} for m in maps}
        self.json, self.left = as_json, 5000

    def step(self):
        self.left -= 1
        if not self.left:
            raise Unfit("too long")

    def say(self, what):
        self.events.append(what)

    def probe(self, p):
        """Runs it and returns what it prints."""
        self.var, self.events = {}, []
        try:
            if not p.predicate or p.predicate.value(self):
                run_block(self, p.body)
        except Leave:
            pass
        return "".join(e if isinstance(e, str) else e.happen(self) for e in self.events)


class Program:
    """Probes over maps of their own, and functions and macros that they call."""

    def __init__(self, maps, variables, probes, fns=(), macros=()):
        self.maps, self.variables, self.probes, self.fns, self.macros = maps, variables, probes, fns, macros

    def settle(self):
        """Types all of it, in rounds."""
        for v in [*self.variables, *(f.result for f in self.fns)]:
            v.kept = v.fixed
        for m in self.maps:
            m.key = m.value = None
            m.signed, m.literal, m.filled = False, True, False
        fns, (before, rounds) = self.called()[0], (None, 0)
        while before != Changes.n:
            before, rounds = Changes.n, rounds + 1
            for p in [*fns, *self.probes]:
                p.settle()
            if rounds == 30:
                raise Unfit("types that never stand still")
        written = self.text()
        if any(not f.result.kept for f in fns):
            raise Unfit("a function without a type")
        self.used = [m for m in self.maps if m.name in written]
        for m in self.used:
            if (m.agg and not m.filled) or (not m.agg and not m.value) or (m.keyed and not m.key):
                raise Unfit(f"{m.name} has no type")
        for v in self.variables:
            if not v.kept and v.name in written:
                raise Unfit(f"{v.name} has no type")

    def text(self):
        fns, macros = self.called()
        text = "\n".join(p.text() for p in [*macros, *fns, *self.probes])
        return "\n".join([m.declaration() for m in self.maps if m.size and m.name in text] + [text])

    def called(self):
        """The functions and macros that are: a function may call those before it."""
        text, fns = "\n".join(p.text() for p in self.probes), []
        for f in reversed(self.fns):
            if f.name + "(" in text:
                fns.insert(0, f)
                text += f.text()
        return fns, [m for m in self.macros if m.name + "(" in text]

    def expected(self, as_json):
        """What it prints: in BEGIN, in END, and its maps at exit by name."""
        run = Run(self.used, as_json)
        out = {"BEGIN": "", "END": ""}
        for p in self.probes:
            out[p.name] += run.probe(p)
        return out["BEGIN"], out["END"], {m.name: m.printed(run, 0, 1, True, as_json) for m in self.used}
