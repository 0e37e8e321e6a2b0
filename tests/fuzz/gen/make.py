# SPDX-License-Identifier: Apache-2.0
"""Random programs that mean something: make(random, name) gives a Program."""
import random

from expr import (BlockExpr, Binary, Call, Cast, Element, IfElse, IncDec, Index, Keys, Lit, MapCall, Member, Record, SizeOf, Ternary,
                  Tuple, Unary, Var)
from fn import Fn, FnCall, Macro, MacroCall, Return
from stmt import (Aggregate, Assign, ExprStmt, ForMap, ForRange, If, Jump, Let, Map, MapOp, Print, Printf, Probe, Program, Unroll,
                  While)
from values import BOOL, SCALES, integer

EDGES = [0, 1, 2, 3, 5, 7, 10, 63, 64, 100, 127, 128, 129, 200, 255, 256, 1000, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31,
         2**32 - 1, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1]
WORDS = ["", "a", "b", "ab", "abc", "hello", "hello world", "x y", "Zebra", 'q"t', "b\\s", "1", "0123456789abcdef", "tab\there",
         "a longer text of some thirty bytes"]
SHAPES = ["int", "int", "int", "bool", "str", ("tup", "int", "int"), ("tup", "int", "str"), ("tup", "str", ("tup", "bool", "int")),
          ("rec", "int", "str"), ("arr", integer(1, False), 8), ("arr", integer(2, True), 4), ("arr", integer(4, False), 2)]
ARRAYS = [s for s in SHAPES if s[0] == "arr"]
AGGREGATIONS = ["count", "sum", "min", "max", "avg", "stats", "hist", "lhist", "llhist", "percentiles"]
# Of arrays, by the shape of their keys.
SIZES = {"int": [1, 2, 4, 301], "bool": [2, 2, 3]}
# Values of these have no parts that a program can read.
WHOLE = [*SCALES, "percentiles"]


class Maker:
    def __init__(self, random, name):
        self.r, self.name = random, name
        self.maps, self.variables, self.scopes = [], [], []
        self.loops, self.calm = 0, 0    # calm: nothing with side effects in here
        self.fns, self.macros, self.result = [], [], None

    def chance(self, percent):
        return self.r.randrange(100) < percent

    # -- places --

    def new_var(self, shape, fixed=None):
        v = Var(f"$v{len(self.variables)}", shape, fixed)
        self.variables.append(v)
        return v

    def declare(self, v):
        self.scopes[-1].append(v)
        return v

    def known(self, shape):
        return [v for scope in self.scopes for v in scope if v.shape == shape]

    def new_map(self, keyed, shape, agg=None):
        arg = ()
        if agg == "hist":
            arg = (self.r.choice([0, 0, 1, 2, 5]),)
        elif agg == "lhist":
            low, step = self.r.choice([0, 0, 10, 1024]), self.r.choice([1, 3, 10, 1024])
            arg = (low, low + step * self.r.randint(1, 12), step)
        elif agg == "llhist":
            factor, steps = self.r.choice([(2, 1), (2, 8), (10, 1), (10, 5), (10, 10), (10, 20), (6, 3)])
            low = self.r.randint(0, 3)
            arg = (factor, low, low + self.r.randint(0, 4), steps)
        elif agg == "percentiles":
            arg = self.r.choice([("50", "90", "99"), ("0", "100"), ("1", "99.9"), ("33.333", "50", "66.66")])
        m = Map(f"@{self.name}_{'abcdefghijklmnop'[len(self.maps)]}", keyed, shape, agg, arg)
        m.key_shape = self.r.choice(SHAPES[:7]) if keyed else None
        if m.key_shape in ("int", "bool") and self.chance(40):
            m.size = self.r.choice(SIZES[m.key_shape])
        self.maps.append(m)
        return m

    def key(self, m):
        """Few different keys, so that they meet."""
        if not m.keyed:
            return None
        k = self.simple(m.key_shape, 1)
        # A literal outside of an array is an error.
        if m.size and m.key_shape == "int" and not isinstance(k, (Cast, Var)):
            k = Lit(self.r.choice([n for n in (0, 1, 2, 3, 255, 300) if n < m.size]))
        return Keys(k.elems) if type(k) is Tuple and len(k.elems) > 1 and self.chance(60) else k

    def element(self, m):
        return Element(m, self.key(m))

    def places(self, shape):
        return [m for m in self.maps if not m.agg and m.shape == shape]

    # -- expressions --

    def expr(self, shape, depth=2):
        if shape == "int":
            return self.int(depth)
        if shape == "bool":
            return self.bool(depth)
        if shape == "str":
            return self.str(depth)
        return self.array(shape, depth) if shape in ARRAYS else self.compound(shape, depth)

    def simple(self, shape, depth):
        """Of few values: for keys."""
        if shape == "int":
            v = Lit(self.r.choice([0, 1, 2, 3, 255, 300]))
            return self.r.choice([v, v, v, Unary("-", v), Cast(self.type(), v)] + self.known("int")[:1])
        if shape == "bool":
            return Lit(self.chance(50))
        if shape == "str":
            return Lit(self.r.choice(["a", "b", "ab", "x y"]))
        return Tuple([self.simple(s, depth) for s in shape[1:]])

    def number(self):
        v = self.r.choice(EDGES) if self.chance(70) else self.r.randrange(1 << self.r.choice([4, 8, 16, 32, 64]))
        if v > 2**63 - 1:
            return Cast(integer(8, False), Lit(v))
        written = [None, None, None, hex(v)]
        if v and v % 1000 == 0 and v < 10**12:
            written.append(f"{v // 1000}us")
        if v > 999:
            written.append(f"{v:_}")
        if v and v % 8 == 0:
            written.append(f"0{v:o}")
        return Lit(v, self.r.choice(written))

    def type(self):
        return integer(self.r.choice([1, 2, 4, 8]), self.chance(50))

    def leaf(self, shape):
        places = self.known(shape) + [self.element(m) for m in self.places(shape)]
        if places and self.chance(70):
            return self.r.choice(places)
        if shape == "int":
            castable = [m for m in self.maps if m.agg in ("count", "sum", "min", "max", "avg")]
            if castable and self.chance(30):
                m = self.element(self.r.choice(castable))
                return Cast(integer(8, self.chance(50)), m) if self.chance(60) else Binary("+", m, Lit(1))
            return self.number() if self.chance(80) else Unary("-", Lit(self.r.choice(EDGES[1:-3])))
        if shape == "bool":
            return Lit(self.chance(50))
        if shape == "str":
            return Lit(self.r.choice(WORDS))
        return self.array(shape, 0) if shape in ARRAYS else self.compound(shape, 0)

    def array(self, shape, depth):
        if depth > 0 and self.chance(50):
            return self.leaf(shape)
        return Cast(shape, Cast(integer(8, False), self.int(depth - 1)))

    def int(self, depth):
        if depth <= 0 or self.chance(15):
            return self.leaf("int")
        sub = lambda: self.int(depth - 1)
        make = self.r.choices([
            lambda: Binary(self.r.choice(["+", "-", "*", "&", "|", "^", "/", "%"]), sub(), sub()),
            lambda: Binary(self.r.choice(["<<", ">>"]), sub(), self.r.choice([Lit(self.r.randrange(64)), sub()])),
            lambda: Unary(self.r.choice("-~"), sub()),
            lambda: Cast(self.type(), self.r.choice([sub, sub, sub, lambda: self.bool(depth - 1)])()),
            lambda: self.choice("int", depth),
            lambda: Binary("+", self.bool(depth - 1), sub()),
            lambda: self.call(depth),
            lambda: self.member("int", depth),
            lambda: self.step(),
            self.sizeof,
            lambda: self.fn_call("int", depth),
            lambda: self.macro_call(depth),
        ], [40, 8, 8, 14, 8, 2, 6, 6, 5, 1, 10 if self.fns else 0, 10 if self.macros else 0])[0]
        return make()

    def call(self, depth):
        text = lambda: self.str(depth - 1)
        which = self.r.randrange(5)
        keyed = [m for m in self.maps if m.keyed and m.agg not in WHOLE]
        if which == 0:
            return Call("strlen", text())
        if which == 1:
            return Call("strstr", text(), Lit(self.r.choice(WORDS)))
        if which == 2:
            return Call("strncmp", text(), text(), Lit(self.r.choice([1, 2, 3, 5])))
        if which == 3 and keyed:
            return MapCall("len", self.r.choice(keyed))
        return Call("bswap", Cast(self.type(), self.int(depth - 1)))

    def sizeof(self):
        """Of what is not computed."""
        self.calm += 1
        made = SizeOf(self.expr(self.r.choice(SHAPES), 1))
        self.calm -= 1
        return made

    def step(self):
        """++ and --, where a side effect may be."""
        places = [v for v in self.known("int") if not getattr(v, "guard", False)] + [self.element(m) for m in self.places("int")]
        if not places or self.calm:
            return self.leaf("int")
        return IncDec(self.r.choice(places), self.r.choice(["++", "--"]), self.chance(50))

    def member(self, shape, depth):
        """A member of a tuple or record, or an element of an array, of that shape."""
        holders = [s for s in SHAPES if s[0] in ("tup", "rec") and shape in s[1:]]
        if not holders or (shape == "int" and self.chance(15)):
            to = self.r.choice(ARRAYS)
            at = Lit(self.r.randrange(to[2])) if self.chance(60) else Cast(integer(self.r.choice([1, 4, 8]), False), self.int(depth - 1))
            return Index(self.array(to, depth - 1), at)
        holder = self.r.choice(holders)
        which = self.r.choice([i for i, s in enumerate(holder[1:]) if s == shape])
        base = self.leaf(holder)
        return Member(base, which if holder[0] == "tup" else "xyz"[which])

    def choice(self, shape, depth):
        sub = lambda: self.expr(shape, depth - 1)
        kind = self.r.randrange(10)
        if kind == 0 and shape == "int":
            return Ternary(sub(), None, sub())
        if kind == 1:
            return IfElse(self.cond(depth - 1), sub(), sub())
        if kind == 2 and not self.calm:
            self.scopes.append([])
            stmts = [self.assignment(1) for _ in range(self.r.randint(1, 2))]
            last = sub()
            self.scopes.pop()
            return BlockExpr(stmts, last)
        return Ternary(self.cond(depth - 1), sub(), sub())

    def cond(self, depth):
        return self.bool(depth) if self.chance(85) else self.int(depth)

    def bool(self, depth):
        if depth <= 0 or self.chance(8):
            return self.leaf("bool")
        keyed = [m for m in self.maps if m.keyed and m.agg not in WHOLE]
        make = self.r.choices([
            lambda: Binary(self.r.choice(["==", "!=", "<", ">", "<=", ">="]), self.int(depth - 1), self.int(depth - 1)),
            lambda: Binary(self.r.choice(["&&", "||"]), self.cond(depth - 1), self.cond(depth - 1)),
            lambda: Unary("!", self.cond(depth - 1)),
            lambda: Binary(self.r.choice(["==", "!="]), self.str(depth - 1), self.str(depth - 1)),
            lambda: self.compare_compounds(depth),
            lambda: MapCall("has_key", m := self.r.choice(keyed), self.key(m)) if keyed else self.leaf("bool"),
            lambda: Call("strcontains", self.str(depth - 1), Lit(self.r.choice(WORDS))),
            lambda: self.choice("bool", depth),
            lambda: Cast(BOOL, self.int(depth - 1)),
            lambda: self.member("bool", depth),
            lambda: self.fn_call("bool", depth),
        ], [40, 16, 8, 10, 6, 5, 3, 4, 3, 3, 8 if self.fns else 0])[0]
        return make()

    def compare_compounds(self, depth):
        shape = self.r.choice([s for s in SHAPES if s[0] in ("tup", "rec")])
        return Binary(self.r.choice(["==", "!="]), self.expr(shape, depth - 1), self.expr(shape, depth - 1))

    def str(self, depth):
        if depth <= 0 or self.chance(50):
            return self.leaf("str")
        if self.chance(25) and depth > 1:
            return Call("str_concat", self.leaf("str"), self.leaf("str"))
        if self.fns and self.chance(20):
            return self.fn_call("str", depth)
        return self.choice("str", depth) if self.chance(60) else self.member("str", depth)

    def compound(self, shape, depth):
        if depth > 0 and self.chance(40):
            return self.leaf(shape)
        if depth > 1 and self.chance(15):
            return Ternary(self.cond(depth - 1), self.compound(shape, depth - 1), self.compound(shape, depth - 1))
        elems = [self.expr(s, depth - 1) for s in shape[1:]]
        return Tuple(elems) if shape[0] == "tup" else Record("xyz"[:len(elems)], elems)

    # -- functions and macros --

    def cast_to(self, t, shape, depth):
        """A value for a place whose type may be declared."""
        if not t or shape != "int":
            return self.expr(shape, depth)
        return Cast(t, self.int(depth)) if self.chance(70) else Lit(self.r.randrange(128))

    def declared(self, shape):
        return None if shape == "str" or self.chance(40) else BOOL if shape == "bool" else self.type()

    def make_fn(self):
        """Its variables are its own; maps are everybody's. It may call the ones before it."""
        shapes = [self.r.choice(["int", "int", "bool", "str"]) for _ in range(self.r.randint(0, 6))]
        params = [self.new_var(s, self.declared(s)) for s in shapes]
        shape = self.r.choice(["int", "int", "bool", "str"])
        fn = Fn(f"{self.name}_f{len(self.fns)}", params, self.declared(shape), [])
        fn.shape = shape
        self.scopes, self.result, self.loops = [list(params)], fn, 1
        fn.body += self.block(1, 3)
        fn.body.append(self.give_back())
        self.result, self.loops = None, 0
        self.fns.append(fn)

    def give_back(self):
        fn = self.result
        return Return(fn.result, self.cast_to(fn.result.fixed, fn.shape, 2))

    def fn_call(self, shape, depth):
        fns = [f for f in self.fns if f.shape == shape]
        if not fns or self.calm:
            return self.leaf(shape)
        fn = self.r.choice(fns)
        return FnCall(fn, [self.cast_to(p.fixed, p.shape, min(depth - 1, 1)) for p in fn.params])

    def make_macro(self):
        seed, kinds = self.r.getrandbits(32), [self.r.choice(["expr", "expr", "var"]) for _ in range(self.r.randint(1, 3))]

        def build(holes):
            r, variables = random.Random(seed), [h for h, kind in zip(holes, kinds) if kind == "var"]
            own = Var("$own", "int")
            self.variables.append(own)
            part = lambda: r.choice([*holes, own, Lit(r.randrange(100))])
            stmts = [Assign(own, "=", Binary(r.choice("+-*&|^"), r.choice(holes), Lit(r.choice(EDGES[:12]))))]
            if variables and r.randrange(2):
                stmts.append(Assign(r.choice(variables), r.choice(["+=", "^=", "-="]), part()))
            if r.randrange(2):
                stmts.append(If(Binary(r.choice(["<", "==", ">="]), part(), part()), [Assign(own, "*=", part())], []))
            return stmts, Binary(r.choice("+-*&|^"), own, part())

        self.macros.append(Macro(f"{self.name}_m{len(self.macros)}", kinds, build))

    def macro_call(self, depth):
        macro, variables = self.r.choice(self.macros), [v for v in self.known("int") if not getattr(v, "guard", False) and not v.fixed]
        if self.calm or ("var" in macro.kinds and not variables):
            return self.leaf("int")
        return MacroCall(macro, [self.r.choice(variables) if kind == "var" else self.int(min(depth - 1, 1)) for kind in macro.kinds])

    # -- statements --

    def block(self, depth, n=3):
        self.scopes.append([])
        stmts = [s for _ in range(self.r.randint(1, n)) for s in self.stmt(depth)]
        self.scopes.pop()
        return stmts

    def stmt(self, depth):
        make = self.r.choices([self.assignment, self.let, self.aggregate, self.printf, self.print, self.branch, self.loop, self.jump,
                               self.effect], [24, 12, 12, 16, 8, 12 if depth > 0 else 0, 9 if depth > 0 else 0, 3, 5])[0]
        made = make(depth)
        return made if isinstance(made, list) else [made]

    def assignment(self, depth):
        shape = self.r.choice(SHAPES)
        value = self.expr(shape, 3)
        places = [v for v in self.known(shape) if not getattr(v, "guard", False)] + self.places(shape)
        if places and self.chance(65):
            target = self.r.choice(places)
            target = self.element(target) if isinstance(target, Map) else target
            if shape == "int" and self.chance(45):
                return Assign(target, self.r.choice("+ - * / % & | ^ << >>".split()) + "=", value)
        elif self.chance(55) or len(self.maps) > 7:
            target = self.declare(self.new_var(shape))
        else:
            target = self.element(self.new_map(self.chance(60), shape))
        return Assign(target, "=", value)

    def let(self, depth):
        shape = self.r.choice(SHAPES)
        kind = self.r.randrange(4)
        if kind == 0 and shape == "int":
            t = self.type()
            value = Cast(t, self.int(2)) if self.chance(70) else Lit(self.r.randrange(128))
            v = self.new_var(shape, t)
            return Let(self.declare(v), f"{'' if t[2] else 'u'}int{t[1] * 8}", value)
        if kind == 1:
            v = self.new_var(shape)
            value = self.expr(shape, 2)
            self.declare(v)
            return [Let(v, None, None), If(self.cond(2), [Assign(v, "=", value)], [])]
        value = self.expr(shape, 3)
        return Let(self.declare(self.new_var(shape)), None, value)

    def aggregate(self, depth):
        known = [m for m in self.maps if m.agg]
        m = self.r.choice(known) if known and self.chance(60) or len(self.maps) > 7 and known else \
            self.new_map(self.chance(50), None, self.r.choice(AGGREGATIONS))
        made = []
        for _ in range(self.r.randint(1, 3)):
            value = None if m.agg == "count" else Lit(self.r.randrange(40)) if m.agg in ("lhist", "llhist") and self.chance(50) else self.int(2)
            made.append(Aggregate(self.element(m), value))
        return made

    def spec(self, shape):
        r = self.r
        width = r.choice([0, 0, 0, 1, 3, 8, 20])
        left = "-" if width and self.chance(40) else ""
        if shape != "int" or self.chance(10):
            if shape == "bool" and self.chance(40):
                return "", width, None, "", "d"
            # A width or precision of a compound is nobody's business.
            return (left, width, r.choice([None, None, 2]), "", "s") if shape == "str" else ("", 0, None, "", "s")
        letter = r.choice("dddiuxXop")
        if letter == "p":
            return left, width, None, "", "p"
        flags = left or ("0" if width and self.chance(40) else "")
        flags += "+" if letter in "di" and self.chance(10) else "#" if letter in "xXo" and self.chance(20) else ""
        return flags, width, None, r.choice(["", "", "ll", "ll", "l", "j", "z", "h", "hh"]), letter

    def printf(self, depth):
        parts = [self.r.choice(["", "v: ", "100% ", "[a] "])]
        for _ in range(self.r.randint(1, 4)):
            shape = self.r.choice(SHAPES)
            parts += [(self.spec(shape), self.expr(shape, 2)), self.r.choice([" ", ",", "|", " = "])]
        return Printf(parts)

    def print(self, depth):
        return self.printed(self.expr(self.r.choice(SHAPES), 3))

    def printed(self, e):
        """A map's name alone is the whole map."""
        while isinstance(e, Ternary) and e.chosen():
            e = e.chosen()
        return Print(Tuple([e]) if isinstance(e, Element) and not e.key else e)

    def branch(self, depth):
        cond = self.cond(3)
        return If(cond, self.block(depth - 1), self.block(depth - 1) if self.chance(50) else [])

    def loop(self, depth):
        kind = self.r.choice(["range", "range", "while", "unroll", "map", "map"])
        if kind == "map" and (m := self.walkable()):
            return self.map_loop(m)
        if self.loops >= 2:
            return self.branch(depth)
        self.loops += 1
        made = self.unroll(depth) if kind == "unroll" else self.while_loop(depth) if kind == "while" else self.range_loop(depth)
        self.loops -= 1
        return made

    def walkable(self):
        maps = [m for m in self.maps if m.keyed and m.agg != "stats" and m.agg not in WHOLE and (m.agg or m.shape == "int")]
        return self.r.choice(maps) if maps else None

    def unroll(self, depth):
        return Unroll(self.r.randint(1, 4), self.block(depth - 1, 2))

    def while_loop(self, depth):
        v = self.declare(self.new_var("int"))
        v.guard = True
        return While(v, self.r.randint(1, 5), self.block(depth - 1, 2), self.chance(50))

    def range_loop(self, depth):
        start, end = Lit(self.r.randint(0, 3)), Lit(self.r.randint(0, 6))
        if self.chance(20):
            start = Unary("-", start)
        if self.chance(30):
            end = Binary("&", self.int(1), Lit(7))
        v = self.new_var("int")
        v.guard = True
        self.scopes.append([v])
        body = self.block(depth - 1, 2)
        self.scopes.pop()
        return ForRange(v, start, end, body, self.chance(50))

    def map_loop(self, m):
        """Sums over a map, whatever its order."""
        if self.chance(30):
            return self.move_entries(m)
        total, n = self.declare(self.new_var("int")), self.declare(self.new_var("int"))
        pair = self.new_var(("pair",))
        pick = lambda: Member(pair, 1)
        if m.key_shape == "int" and self.chance(40):
            pick = lambda: Member(pair, 0)
        body = [Assign(total, self.r.choice(["+=", "^=", "|="]), pick())]
        if self.chance(60):
            body.append(If(Binary(self.r.choice(["<", "==", ">="]), pick(), self.number()), [ExprStmt(IncDec(n, "++", False))], []))
        return [Assign(total, "=", Lit(0)), Assign(n, "=", Lit(0)), ForMap(pair, m, body)]

    def move_entries(self, m):
        """Into another map, and some of them away from here."""
        other, pair = self.new_map(True, "int"), self.new_var(("pair",))
        other.key_shape, other.size = m.key_shape, m.size
        body = [Assign(Element(other, Member(pair, 0)), self.r.choice(["=", "+=", "^="]), Member(pair, 1))]
        if not m.agg and self.chance(60):
            gone = [ExprStmt(MapCall("delete", m, Member(pair, 0)), self.chance(50))]
            body.append(If(Binary(self.r.choice(["<", ">=", "!="]), Member(pair, 1), self.number()), gone, []))
        return ForMap(pair, m, body)

    def flags(self):
        """Conditions that have nothing to do with each other, and questions for what they set."""
        made, n = [], self.r.randint(6, 14)
        ours = [self.new_var("int") for _ in range(n)]
        for v in ours:
            made += [Assign(v, "=", Lit(self.r.randrange(3))), If(self.cond(2), [Assign(v, "=", Lit(self.r.randrange(3)))], [])]
            self.declare(v)
        for v in self.r.sample(ours, n):
            cond = Binary(self.r.choice(["==", "!=", "<"]), v, self.r.choice([Lit(1), Lit(2), self.r.choice(ours)]))
            made.append(If(cond, [self.r.choice([Assign(self.r.choice(ours), "+=", Lit(1)), self.aggregate(1)[0]])], []))
        return made

    def jump(self, depth):
        if self.result and not self.calm:
            return If(self.cond(2), [self.give_back()], [])
        if not self.loops:
            return If(self.cond(2), [Jump("return")], []) if self.chance(20) else self.print(depth)
        return If(self.cond(2), [Jump(self.r.choice(["break", "continue", "break", "continue", "return"]))], [])

    def effect(self, depth):
        removable = [m for m in self.maps if not m.agg or m.agg in ("count", "sum", "min", "max", "avg", "stats")]
        if removable and self.chance(40):
            m = self.r.choice(removable)
            return ExprStmt(MapCall("delete", m, self.key(m)), self.chance(50))
        e = self.step()
        return ExprStmt(e) if isinstance(e, IncDec) else self.printed(e)

    # -- programs --

    def probe(self, name):
        self.scopes = [[]]
        predicate = None
        if self.maps and self.chance(10):
            self.calm += 1
            predicate = self.cond(2)
            self.calm -= 1
        n = self.r.randint(2, 7) if self.chance(96) else self.r.randint(15, 40)
        body = [s for _ in range(n) for s in self.stmt(2)]
        if self.chance(4):
            body += self.flags()
        return Probe(name, predicate, body)

    def inputs(self):
        """Values that no optimiser sees through: they come out of maps."""
        made = []
        for _ in range(self.r.randint(1, 3)):
            shape = self.r.choice(["int", "int", "int", "str", "bool"])
            made.append(Assign(self.element(self.new_map(self.chance(30), shape)), "=", self.leaf(shape)))
        return made

    def last_words(self):
        """Asynchronous operations, after which no program touches the map."""
        made = []
        for m in self.maps:
            if self.chance(15):
                args = self.r.choice([(), (), (2,), (0, 3), (3, 10)]) if m.keyed else ()
                # Which parts of these are divided differs between releases.
                args = args[:1] if m.agg == "stats" or m.agg in WHOLE else args
                made.append(MapOp("print", m, *args))
            if self.chance(4):
                made.append(MapOp("clear", m))
        return made


def make(r, name):
    maker = Maker(r, name)
    for _ in range(r.choice([0, 0, 0, 1, 2])):
        maker.make_fn()
    for _ in range(r.choice([0, 0, 0, 1])):
        maker.make_macro()
    maker.scopes = [[]]
    inputs = maker.inputs()
    probes = [maker.probe("BEGIN")]
    probes[0].body[:0] = inputs
    for other in ("BEGIN", "END"):
        if maker.chance(15):
            probes.append(maker.probe(other))
    maker.scopes = [[]]
    probes[-1].body += maker.last_words()
    return Program(maker.maps, maker.variables, probes, maker.fns, maker.macros)
