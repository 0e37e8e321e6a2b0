# SPDX-License-Identifier: Apache-2.0
"""Expressions: how each is written, typed and computed.

const() is the value that the compiler folds an expression to, or None; a folded result is a literal
again. type() is called in rounds, until the types of variables and maps stand still (Program.settle).
"""
import operator
from values import BOOL, I64, U64, Unfit, as_int, convert, integer, literal, promote, sign_of_binary, size_of, wrap, zero

PRECEDENCE = {"||": 2, "&&": 3, "|": 4, "^": 5, "&": 6, "==": 7, "!=": 7, "<": 8, ">": 8, "<=": 8, ">=": 8,
              "<<": 9, ">>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "%": 11}
TERNARY, UNARY, POSTFIX, PRIMARY = 1, 12, 13, 14
COMPARE = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}


def divide(a, b):
    q = abs(a) // abs(b)
    return -q if (a < 0) != (b < 0) else q


ARITHMETIC = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "&": operator.and_, "|": operator.or_, "^": operator.xor,
    "/": lambda a, b: divide(a, b) if b else 1,
    "%": lambda a, b: a - b * divide(a, b) if b else 1,
    "<<": lambda a, b: a << (b & 63), ">>": lambda a, b: a >> (b & 63),
}


def compute(op, a, b, t):
    """On 64-bit numbers of type t."""
    return wrap(ARITHMETIC[op](wrap(int(a), t), wrap(int(b), t)), t)


def fold(op, a, b):
    if op in ("/", "%") and not b or op in ("<<", ">>") and not 0 <= b < 64:
        raise Unfit("literals that cannot be computed")
    v = ARITHMETIC[op](int(a), int(b))
    if not -2**63 <= v < 2**64:
        raise Unfit("literals that overflow")
    return v


class Changes:
    """How often a variable or a map changed its type: rounds of typing end when it stands still."""
    n = 0

    @classmethod
    def promoted(cls, old, t):
        new = promote(old, t)
        cls.n += new != old
        return new


def check_parts(node):
    """Of an expression or a statement, and of what is in its lists."""
    parts = list(vars(node).values())
    for part in parts:
        if isinstance(part, (list, tuple)):
            parts += part
        elif hasattr(part, "check") and not isinstance(part, Var):
            part.check()


class Expr:
    level = PRIMARY
    t = None

    def const(self):
        return None

    def check(self):
        """What cannot be folded is an error, wherever it stands."""
        self.const()
        check_parts(self)

    def type(self):
        c = self.const()
        self.t = self.find_type() if c is None else BOOL if isinstance(c, bool) else ("str", len(c) + 1) if isinstance(c, str) else literal(c)
        return self.t

    def value(self, run):
        c = self.const()
        return self.compute(run) if c is None else c

    def at(self, level):
        """The text where an operator of that level binds."""
        s = self.text()
        return s if self.level >= level else f"({s})"


class Lit(Expr):
    def __init__(self, v, text=None):
        self.v, self.written = v, text

    def const(self):
        return self.v

    def text(self):
        if self.written:
            return self.written
        if isinstance(self.v, str):
            return '"' + self.v.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'
        return text_of(self.v)

    level = property(lambda self: UNARY if self.text().startswith("-") else PRIMARY)


def inner(e):
    """An expression at the end of a block: one that starts with a brace would be a statement."""
    s = e.text()
    return f"({s})" if s.startswith(("{", "if (")) else s


def text_of(v):
    return str(v).lower()


class Var(Expr):
    def __init__(self, name, shape, fixed=None):
        self.name, self.shape, self.fixed, self.kept = name, shape, fixed, fixed

    def text(self):
        return self.name

    def find_type(self):
        return self.kept

    def assign(self, t):
        """A value of type t goes here."""
        if t and not self.fixed:
            self.kept = Changes.promoted(self.kept, t)

    def compute(self, run):
        return run.var[self]

    def check_literal(self, value):
        """A variable with a declared type takes no literal that is out of its range."""
        c = value.const()
        if self.fixed and self.fixed[0] == "int" and isinstance(c, int) and self.fixed[1] < 8 and wrap(int(c), self.fixed) != c:
            raise Unfit("a literal out of range")

    def place(self, run):
        return self

    def load(self, run, place):
        return run.var[self], self.kept

    def store(self, run, v, t, place):
        run.var[self] = convert(v, t, self.kept)


class Element(Expr):
    """A map's value: @m or @m[key]."""

    def __init__(self, m, key=None):
        self.map, self.key = m, key

    def text(self):
        return self.map.name + (f"[{self.key.text()}]" if self.key else "")

    def find_type(self):
        self.note_key()
        return self.map.read_type()

    def note_key(self):
        t = self.key and self.key.type()
        if t:
            self.map.key = Changes.promoted(self.map.key, t)

    def key_value(self, run):
        return convert(self.key.value(run), self.key.t, self.map.key) if self.key else ()

    def compute(self, run):
        return self.map.read(run, self.key_value(run))

    def assign(self, t):
        if t:
            self.map.value = Changes.promoted(self.map.value, t)

    def place(self, run):
        return self.key_value(run)

    def load(self, run, place):
        return self.map.read(run, place), self.map.value

    def store(self, run, v, t, place):
        if self.map.holds(place):
            run.map[self.map][place] = convert(v, t, self.map.value)


class Binary(Expr):
    def __init__(self, op, left, right):
        self.op, self.left, self.right = op, left, right
        self.level = PRECEDENCE[op]

    def text(self):
        # Comparisons of comparisons read badly, and are told apart by parentheses.
        left = self.level + (self.op in COMPARE)
        right = self.right.at(self.level + 1)
        return f"{self.left.at(left)} {self.op} {right}"

    def const(self):
        a, b = self.left.const(), self.right.const()
        if a is None or b is None:
            return None
        if isinstance(a, str) != isinstance(b, str):
            raise Unfit("text and number")
        if isinstance(a, str):
            return a + b if self.op == "+" else COMPARE[self.op](a, b)
        if self.op in COMPARE:
            return COMPARE[self.op](int(a), int(b))
        if self.op in ("&&", "||"):
            return bool(a and b) if self.op == "&&" else bool(a or b)
        return fold(self.op, a, b)

    def find_type(self):
        a, b = self.left.type(), self.right.type()
        if self.op in COMPARE or self.op in ("&&", "||"):
            self.common = None
            if a and b and self.op in COMPARE:
                self.common = promote(a, b) if a[0] in ("str", "tup", "rec") or a == b == BOOL else \
                    integer(8, sign_of_binary("==", as_int(a), as_int(b)))
            return BOOL
        if a is None or b is None:
            return None
        return integer(8, sign_of_binary(self.op, as_int(a), as_int(b)))

    def compute(self, run):
        a = self.left.value(run)
        if self.op in ("&&", "||"):
            return bool(self.right.value(run)) if bool(a) == (self.op == "&&") else bool(a)
        b = self.right.value(run)
        if self.op in COMPARE:
            return COMPARE[self.op](convert(a, self.left.t, self.common), convert(b, self.right.t, self.common))
        if self.op in ("/", "%") and self.right.const() == 0:
            raise Unfit("division by a literal 0")
        return compute(self.op, a, b, self.t)


class Unary(Expr):
    level = UNARY

    def __init__(self, op, operand):
        self.op, self.operand = op, operand

    def text(self):
        s = self.operand.at(UNARY)
        return f"{self.op}({s})" if s[0] in "-+" else self.op + s

    def const(self):
        v = self.operand.const()
        if v is None:
            return None
        if self.op == "!":
            return not v
        v = int(v)
        if self.op == "~":
            return ~v if v < 0 else ~v & 2**64 - 1
        if -v < -2**63:
            raise Unfit("underflow")
        return -v

    def find_type(self):
        t = self.operand.type()
        return BOOL if self.op == "!" else t and integer(8, as_int(t)[2])

    def compute(self, run):
        v = self.operand.value(run)
        return not v if self.op == "!" else wrap(-int(v) if self.op == "-" else ~int(v), self.t)


class Ternary(Expr):
    """cond ? yes : no, and cond ?: no when yes is None."""
    level = TERNARY

    def __init__(self, cond, yes, no):
        self.cond, self.yes, self.no = cond, yes, no

    def text(self):
        middle = f"? {self.yes.at(TERNARY)} :" if self.yes else "?:"
        return f"{self.cond.at(TERNARY + 1)} {middle} {self.no.at(TERNARY)}"

    def chosen(self):
        c = self.cond.const()
        return None if c is None else (self.yes or self.cond) if c else self.no

    def const(self):
        chosen = self.chosen()
        if chosen:
            self.left_out().check()
        return chosen and chosen.const()

    def left_out(self):
        return self.no if self.chosen() is not self.no else self.yes or self.cond

    def find_type(self):
        if self.chosen():
            return self.chosen().type()
        self.cond.type()
        a, b = (self.yes or self.cond).type(), self.no.type()
        return promote(a, b) if a and b else a or b

    def compute(self, run):
        if self.chosen():
            return self.chosen().value(run)
        c = self.cond.value(run)
        if c and not self.yes:
            return convert(c, self.cond.t, self.t)
        way = self.yes if c else self.no
        return convert(way.value(run), way.t, self.t)


class Cast(Expr):
    level = UNARY

    def __init__(self, to, operand):
        self.to, self.operand = to, operand

    def text(self):
        s = self.operand.at(UNARY)
        return f"({type_text(self.to)})" + (f"({s})" if s[0] in "+{" else s)

    def find_type(self):
        self.operand.type()
        return self.to

    def compute(self, run):
        v, t = self.operand.value(run), self.operand.t
        if self.to[0] == "arr":
            return array(v, t, self.to)
        return bool(v) if self.to == BOOL else wrap(int(v), self.to)


def array(v, t, to):
    """The bytes as they stand in memory."""
    size = size_of(to[1])
    data = v.encode() if t[0] == "str" else (int(v) & 2**64 - 1).to_bytes(8, "little")
    data = data.ljust(size * to[2], b"\0")
    return [wrap(int.from_bytes(data[i * size:(i + 1) * size], "little"), to[1]) for i in range(to[2])]


def type_text(t):
    if t == BOOL:
        return "bool"
    if t[0] == "str":
        return f"string[{t[1]}]"
    if t[0] == "arr":
        return f"{type_text(t[1])}[{t[2]}]"
    return f"{'' if t[2] else 'u'}int{t[1] * 8}"


class IncDec(Expr):
    def __init__(self, target, op, prefix):
        self.target, self.op, self.prefix = target, op, prefix
        self.level = UNARY if prefix else POSTFIX

    def text(self):
        s = self.target.text()
        return self.op + s if self.prefix else s + self.op

    def find_type(self):
        t = self.target.type()
        signed = self.op == "--" or bool(t and t[2] and not t[3])
        self.target.assign(integer(8, signed))
        return self.target.type()

    def compute(self, run):
        place = self.target.place(run)
        old, t = self.target.load(run, place)
        now = wrap(old + (1 if self.op == "++" else -1), t)
        self.target.store(run, now, t, place)
        return now if self.prefix else old


class Tuple(Expr):
    def __init__(self, elems):
        self.elems = elems

    def text(self):
        return "(" + ", ".join(e.text() for e in self.elems) + (",)" if len(self.elems) == 1 else ")")

    def find_type(self):
        types = [e.type() for e in self.elems]
        return None if None in types else ("tup", tuple(types))

    def compute(self, run):
        return tuple(convert(e.value(run), e.t, t) for e, t in zip(self.elems, self.t[1]))


class Keys(Tuple):
    """@m[a, b]: a tuple without its parentheses."""

    def text(self):
        return ", ".join(e.text() for e in self.elems)


class Record(Tuple):
    def __init__(self, names, elems):
        self.names, self.elems = names, elems

    def text(self):
        return "(" + ", ".join(f"{n} = {e.text()}" for n, e in zip(self.names, self.elems)) + ")"

    def find_type(self):
        types = [e.type() for e in self.elems]
        return None if None in types else ("rec", tuple(zip(self.names, types)))

    def compute(self, run):
        return tuple(e.value(run) for e in self.elems)


class Member(Expr):
    level = POSTFIX

    def __init__(self, base, which):
        self.base, self.which = base, which

    def text(self):
        return f"{self.base.at(POSTFIX)}.{self.which}"

    def const(self):
        """A literal in a record stands for itself."""
        if isinstance(self.base, Record):
            return self.base.elems[self.base.names.index(self.which)].const()
        return None

    def find_type(self):
        t = self.base.type()
        return t and (t[1][self.which] if t[0] == "tup" else dict(t[1])[self.which])

    def compute(self, run):
        v, t = self.base.value(run), self.base.t
        return v[self.which if t[0] == "tup" else [n for n, _ in t[1]].index(self.which)]


class Index(Expr):
    """An element of an array; one outside is element 0."""
    level = POSTFIX

    def __init__(self, base, index):
        self.base, self.index = base, index

    def text(self):
        # An index right behind a map's name is a key.
        base = f"({self.base.text()})" if isinstance(self.base, Element) and not self.base.key else self.base.at(POSTFIX)
        return f"{base}[{self.index.text()}]"

    def find_type(self):
        t, i = self.base.type(), self.index.type()
        if i and i[2] and not i[3]:
            raise Unfit("an index that may be negative")
        return t and t[1]

    def compute(self, run):
        v, i = self.base.value(run), self.index.value(run)
        return v[i] if 0 <= i < len(v) else v[0]


def c_sign(a, b):
    return (a > b) - (a < b)


CALLS = {
    "strlen": (U64, lambda s: len(s)),
    "strcontains": (BOOL, lambda s, part: part in s),
    "strstr": (I64, lambda s, part: s.find(part)),
    "str_concat": (("str", 1024), lambda a, b: a + b),
    "strncmp": (U64, lambda a, b, n: int(a[:n] != b[:n])),
    "bswap": (None, None),
}


class Call(Expr):
    def __init__(self, name, *args):
        self.name, self.args = name, args

    def text(self):
        return f"{self.name}({', '.join(a.text() for a in self.args)})"

    def find_type(self):
        types = [a.type() for a in self.args]
        if self.name == "bswap":
            return types[0] and integer(types[0][1], False)
        return CALLS[self.name][0]

    def compute(self, run):
        v = [a.value(run) for a in self.args]
        if self.name == "bswap":
            size = self.t[1]
            return int.from_bytes((v[0] & (1 << size * 8) - 1).to_bytes(size, "little"), "big")
        return CALLS[self.name][1](*v)


class SizeOf(Expr):
    def __init__(self, operand):
        self.operand = operand

    def text(self):
        return f"sizeof({self.operand.text()})"

    def find_type(self):
        self.operand.type()
        return U64

    def compute(self, run):
        return size_of(self.operand.t)


class MapCall(Expr):
    """has_key, delete and len of a map."""

    def __init__(self, name, m, key=None):
        self.name, self.element = name, Element(m, key)

    def text(self):
        key = self.element.key
        args = [self.element.map.name] + ([f"({key.text()})" if isinstance(key, Keys) else key.text()] if key else [])
        return f"{self.name}({', '.join(args)})"

    def find_type(self):
        self.element.note_key()
        return I64 if self.name == "len" else BOOL

    def compute(self, run):
        entries, key = run.map[self.element.map], self.element.key_value(run)
        if self.name == "len":
            return len(entries)
        if self.name == "delete":
            return entries.pop(key, None) is not None
        return key in entries


class IfElse(Expr):
    """if cond { a } else { b } as a value."""

    def __init__(self, cond, yes, no):
        self.cond, self.yes, self.no = cond, yes, no

    def text(self):
        return f"if ({self.cond.text()}) {{ {inner(self.yes)} }} else {{ {inner(self.no)} }}"

    level = TERNARY

    def find_type(self):
        self.cond.type()
        a, b = self.yes.type(), self.no.type()
        return promote(a, b) if a and b else a or b

    def compute(self, run):
        way = self.yes if self.cond.value(run) else self.no
        return convert(way.value(run), way.t, self.t)


class BlockExpr(Expr):
    """{ statements; value }"""

    def __init__(self, stmts, last):
        self.stmts, self.last = stmts, last

    def text(self):
        return "{ " + " ".join(s.text() for s in self.stmts) + f" {inner(self.last)} }}"

    def find_type(self):
        for s in self.stmts:
            s.settle()
        return self.last.type()

    def compute(self, run):
        for s in self.stmts:
            s.run(run)
        return self.last.value(run)
