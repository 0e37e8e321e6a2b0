# SPDX-License-Identifier: Apache-2.0
"""Functions and macros of a program, and calls of them."""
from expr import Expr, Var, inner, type_text
from stmt import Leave, Stmt, run_block, settle_block
from values import Unfit, convert


class Fn:
    """params: Vars, with a declared type or without; body: statements, the last of which returns."""

    def __init__(self, name, params, result, body):
        self.name, self.params, self.result, self.body = name, params, Var("result", None, result), body

    def text(self):
        params = ", ".join(p.name + (f" : {type_text(p.fixed)}" if p.fixed else "") for p in self.params)
        result = f" : {type_text(self.result.fixed)}" if self.result.fixed else ""
        return f"fn {self.name}({params}){result} {{ {' '.join(s.text() for s in self.body)} }}"

    def settle(self):
        settle_block(self.body)

    def call(self, run, args):
        run.step()
        for p, (v, t) in zip(self.params, args):
            run.var[p] = convert(v, t, p.kept)
        try:
            run_block(run, self.body)
        except Leave as leave:
            return leave.args[1]
        raise Unfit("a function without a result")


class Return(Stmt):
    def __init__(self, result, value):
        self.result, self.value = result, value

    def text(self):
        return f"return {self.value.text()};"

    def settle(self):
        self.result.check_literal(self.value)
        self.result.assign(self.value.type())

    def run(self, run):
        raise Leave("return", convert(self.value.value(run), self.value.t, self.result.kept))


class FnCall(Expr):
    def __init__(self, fn, args):
        self.fn, self.args = fn, args

    def text(self):
        return f"{self.fn.name}({', '.join(a.text() for a in self.args)})"

    def find_type(self):
        for p, a in zip(self.fn.params, self.args):
            p.check_literal(a)
            p.assign(a.type())
        return self.fn.result.kept

    def compute(self, run):
        # All arguments are computed before the first has its place.
        return self.fn.call(run, [(a.value(run), a.t) for a in self.args])


class Hole(Expr):
    """A parameter of a macro in the macro's own text."""

    def __init__(self, name):
        self.name = name

    def text(self):
        return self.name


class Macro:
    """build(holes) gives statements and a last expression, the same ones for each call."""

    def __init__(self, name, kinds, build):
        self.name, self.kinds, self.build = name, kinds, build

    def holes(self):
        return [Var(f"$h{i}", "int") if kind == "var" else Hole(f"h{i}") for i, kind in enumerate(self.kinds)]

    def text(self):
        holes = self.holes()
        stmts, last = self.build(holes)
        return f"macro {self.name}({', '.join(h.text() for h in holes)}) {{ {' '.join(s.text() for s in stmts)} {inner(last)} }}"


class MacroCall(Expr):
    def __init__(self, macro, args):
        self.macro, self.args = macro, args
        self.stmts, self.last = macro.build(args)

    def text(self):
        return f"{self.macro.name}({', '.join(a.text() for a in self.args)})"

    def find_type(self):
        for s in self.stmts:
            s.settle()
        return self.last.type()

    def compute(self, run):
        run_block(run, self.stmts)
        return self.last.value(run)
