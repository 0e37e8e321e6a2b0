# SPDX-License-Identifier: Apache-2.0
"""Types and values as the language defines them: promotion, conversion, text and JSON.

A type is a tuple: ("int", bytes, signed, flexible), ("bool",), ("str", capacity), ("tup", (type, ...)),
("rec", ((name, type), ...)), ("arr", type, count). A value is a Python int, bool, str, tuple or list.
"""
import bisect, decimal

BOOL = ("bool",)


class Unfit(Exception):
    """This program means nothing: the generator makes another one."""


def integer(size, signed, flexible=False):
    return ("int", size, signed, flexible)


I64, U64 = integer(8, True), integer(8, False)


def wrap(v, t):
    """The value that a place of integer type t keeps of v."""
    bits = t[1] * 8
    v &= (1 << bits) - 1
    return v - (1 << bits) if t[2] and v >> (bits - 1) else v


def literal(v):
    """The smallest signed type; what is not negative goes along with any sign."""
    if v > 2**63 - 1:
        return U64
    size = next(s for s in (1, 2, 4, 8) if -(1 << (s * 8 - 1)) <= v < 1 << (s * 8 - 1))
    return integer(size, True, v >= 0)


def promote(a, b):
    """The type of a place that holds values of types a and b."""
    if a is None or a == b:
        return b
    if a[0] == b[0] == "int":
        size = max(a[1], b[1])
        if a[3] and b[3]:
            return a if a[1] >= b[1] else b
        if a[3] or b[3]:
            return integer(size, b[2] if a[3] else a[2])
        return integer(size, a[2]) if a[2] == b[2] else integer(min(size * 2, 8), True)
    if {a[0], b[0]} == {"int", "bool"}:
        return a if a[0] == "int" else b
    if a[0] == b[0] == "str":
        return a if a[1] >= b[1] else b
    if a[0] == b[0] == "tup" and len(a[1]) == len(b[1]):
        return ("tup", tuple(promote(x, y) for x, y in zip(a[1], b[1])))
    if a[0] == b[0] == "rec" and {n for n, _ in a[1]} == {n for n, _ in b[1]}:
        return ("rec", tuple((n, promote(t, dict(b[1])[n])) for n, t in a[1]))
    raise Unfit(f"no common type of {a} and {b}")


def sign_of_binary(op, a, b):
    """Whether a binary operator works on signed numbers."""
    left, right = a[2], b[2]
    if a[3] != b[3]:
        left = right = b[2] if a[3] else a[2]
    return left or right or op == "-"


def as_int(t):
    if t == BOOL:
        return integer(1, False)
    if t[0] != "int":
        raise Unfit(f"{t} is no number")
    return t


def convert(v, frm, to):
    """v of type frm as it is kept in a place of type to."""
    if to[0] == "int":
        return wrap(int(v), to)
    if to == BOOL:
        return bool(v)
    if to[0] == "str":
        return v[:to[1] - 1]
    if to[0] == "tup":
        return tuple(convert(x, f, t) for x, f, t in zip(v, frm[1], to[1]))
    if to[0] == "rec":
        at = [n for n, _ in frm[1]]
        return tuple(convert(v[at.index(n)], frm[1][at.index(n)][1], t) for n, t in to[1])
    return v


def zero(t):
    if t[0] == "tup":
        return tuple(zero(x) for x in t[1])
    if t[0] == "rec":
        return tuple(zero(x) for _, x in t[1])
    if t[0] == "arr":
        return [0] * t[2]
    return {"int": 0, "bool": False, "str": ""}[t[0]]


def align(t):
    if t[0] in ("tup", "rec"):
        return max((align(x) for x in members(t)), default=1)
    if t[0] == "arr":
        return align(t[1])
    return t[1] if t[0] == "int" else 1


def members(t):
    return t[1] if t[0] == "tup" else [x for _, x in t[1]]


def size_of(t):
    """As a C struct is laid out."""
    if t[0] == "bool":
        return 1
    if t[0] == "arr":
        return t[2] * size_of(t[1])
    if t[0] in ("int", "str"):
        return t[1]
    at = 0
    for x in members(t):
        at = -(-at // align(x)) * align(x) + size_of(x)
    return -(-at // align(t)) * align(t)


def text(v, t):
    if t == BOOL:
        return "true" if v else "false"
    if t[0] == "tup":
        return "(" + ", ".join(text(x, y) for x, y in zip(v, t[1])) + ")"
    if t[0] == "rec":
        return "{ " + ", ".join(f".{n} = {text(x, y)}" for x, (n, y) in zip(v, t[1])) + " }"
    if t[0] == "arr":
        return "[" + ",".join(text(x, t[1]) for x in v) + "]"
    return str(v)


def json_string(s):
    return '"' + s.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def json(v, t):
    if t[0] == "str":
        return json_string(v)
    if t[0] == "rec":
        return "{" + ", ".join(f'"{n}": {json(x, y)}' for x, (n, y) in zip(v, t[1])) + "}"
    if t[0] == "tup":
        return "[" + ",".join(json(x, y) for x, y in zip(v, t[1])) + "]"
    if t[0] == "arr":
        return "[" + ",".join(json(x, t[1]) for x in v) + "]"
    if t[0] == "int" and int(float(v)) != v:
        return f'"{v}"'
    return text(v, t)


def key_text(v, t):
    s = text(v, t)
    return s[1:-1] if s[0] + s[-1] == "()" else s


def key_json(v, t):
    """Members of a key are joined by ',' alone."""
    if t[0] != "tup":
        return text(v, t)
    return ",".join(text(x, y) if y[0] != "tup" else "(" + key_json(x, y) + ")" for x, y in zip(v, t[1]))


def key_order(v, t):
    if t[0] == "int":
        return wrap(v, integer(t[1], True))
    if t[0] == "str":
        return v.encode()
    if t[0] in ("tup", "rec"):
        return tuple(key_order(x, y) for x, y in zip(v, members(t)))
    return v


# -- printf --

def conversion(spec, v, t):
    """spec: (flags, width, precision or None, length, letter)"""
    flags, width, precision, length, letter = spec
    if letter == "s":
        s = text(v, t)
        s = s if precision is None else s[:precision]
    elif letter == "p":
        s = f"0x{int(v) & 2**64 - 1:x}" if v else "0"
    elif letter == "c":
        s = chr(int(v) & 255)
    else:
        return number(flags, width, precision, {"hh": 1, "h": 2, "": 4}.get(length, 8), letter, int(v))
    return s.ljust(width) if "-" in flags else s.rjust(width)


def number(flags, width, precision, size, letter, v):
    v = wrap(v, integer(size, letter in "di"))
    sign = "-" if v < 0 else "+" if "+" in flags and letter in "di" else " " if " " in flags and letter in "di" else ""
    digits = format(abs(v), {"d": "d", "i": "d", "u": "d", "x": "x", "X": "X", "o": "o"}[letter])
    if precision is not None:
        digits = "" if precision == 0 and v == 0 else digits.rjust(precision, "0")
    if "#" in flags and letter in "xX" and v:
        sign += "0" + letter
    if "#" in flags and letter == "o" and not digits.startswith("0"):
        digits = "0" + digits
    if "-" in flags:
        return (sign + digits).ljust(width)
    if "0" in flags and precision is None:
        return sign + digits.rjust(width - len(sign), "0")
    return (sign + digits).rjust(width)


# -- histograms --

def log_bucket(n, k):
    if n < 0:
        return 0
    if n < 1 << k:
        return n + 1
    log = n.bit_length() - 1
    return ((log - k + 1) << k) + ((n >> (log - k)) & ((1 << k) - 1)) + 1


def log_bounds(i, k):
    j = i - 1
    if i == 0:
        return None, 0
    if j < 1 << k:
        return j, j + 1
    exponent, mantissa = (j >> k) - 1, (j & ((1 << k) - 1)) + (1 << k)
    return mantissa << exponent, (mantissa + 1) << exponent


def log_label(v, k):
    if v <= 2 << k:
        return str(v)
    p = v.bit_length() - 1 - k
    return str((v >> p) << p % 10) + ["", "K", "M", "G", "T", "P", "E"][p // 10]


def linear_bucket(n, low, high, step):
    if n < low:
        return 0
    return 1 + ((high - low) // step if n >= high else (n - low) // step)


def linear_bounds(i, low, high, step):
    if i == 0:
        return None, low
    if i == 1 + (high - low) // step:
        return high, None
    return low + (i - 1) * step, low + i * step


def linear_label(v, step):
    if step % 1024 == 0 and v:
        for shift, unit in ((20, "M"), (10, "K")):
            if v % (1 << shift) == 0:
                return f"{v >> shift}{unit}"
    return str(v)


def order_edges(factor, low, high, steps):
    """Where buckets begin, behind the first; the last begins where the orders end."""
    edges = {factor ** (high + 1)}
    for m in range(low, high + 1):
        width = max(1, factor ** (m + 1) // steps)
        first = -(-factor ** m // width) * width
        edges |= {factor ** m, *range(first, factor ** (m + 1), width)}
    return sorted(edges)


def order_bucket(n, *arg):
    return bisect.bisect_right(order_edges(*arg), n)


def order_bounds(i, *arg):
    edges = [None, *order_edges(*arg), None]
    return edges[i], edges[i + 1]


def order_label(v, factor):
    unit = 0
    while factor & (factor - 1) == 0 and v and v % 1024 == 0:
        v, unit = v // 1024, unit + 1
    return str(v) + ["", "K", "M", "G", "T", "P", "E"][unit]


SCALES = {
    "hist": (log_bucket, log_bounds, lambda v, arg: log_label(v, arg[0])),
    "lhist": (linear_bucket, linear_bounds, lambda v, arg: linear_label(v, arg[2])),
    "llhist": (order_bucket, order_bounds, lambda v, arg: order_label(v, arg[0])),
}


# -- percentiles --

def middle(n):
    """Of the bucket that n is in: with 5 bits behind the first."""
    m = ~n if n < 0 else n
    width = 1 << max(0, m.bit_length() - 6)
    low = m // width * width
    return (-low - width if n < 0 else low) + (width - 1) // 2


def percentiles(values, arg):
    """count, each that is asked for, max; those are texts as scripts have them."""
    if not values:
        return [0] * (len(arg) + 2)
    values, made = sorted(values), [len(values)]
    for p in arg:
        rank = max(1, -(-len(values) * int(decimal.Decimal(p) * 1000) // 100000))
        made.append(min(middle(values[rank - 1]), values[-1]) if rank < len(values) else values[-1])
    return made + values[-1:]


def hist_rows(kind, arg, buckets):
    """(label, min, max, count) of each row from the first to the last that is not empty."""
    _, bounds, shown = SCALES[kind]
    for i in range(min(buckets), max(buckets) + 1):
        low, high = bounds(i, *arg)
        name = lambda v: shown(v, arg)
        single = high is not None and low is not None and high - low == 1
        if low is None:
            label = f"(..., {name(high)})"
        elif high is None:
            label = f"[{name(low)}, ...)"
        elif single and (high <= 2 << arg[0] if kind == "hist" else kind == "llhist" or arg[2] == 1):
            label = f"[{low}]"
        else:
            label = f"[{name(low)}, {name(high)})"
        yield label, low, high, buckets.get(i, 0)


def hist_text(kind, arg, buckets):
    most, rows = max(buckets.values()), list(hist_rows(kind, arg, buckets))
    wide = max(16, *(len(label) + 1 for label, *_ in rows)) if kind == "llhist" else 16
    return "".join(f"{label:<{wide}}{n:8} |{'@' * int(n / most * 52):<52}|\n" for label, _, _, n in rows)


def hist_json(kind, arg, buckets):
    rows = []
    for _, low, high, n in hist_rows(kind, arg, buckets):
        part = ([f'"min": {low}'] if low is not None else []) + ([f'"max": {high - 1}'] if high is not None else [])
        rows.append("{" + ", ".join(part + [f'"count": {n}']) + "}")
    return "[" + ",".join(rows) + "]"
