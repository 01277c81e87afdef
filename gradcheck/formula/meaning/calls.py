"""The meaning of applications: scalar functions entry by entry, and operations on whole arrays."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Literal

from ...algebra import expressions as e
from ...algebra.functions import BUILT_IN, Function
from ..syntax import tree as s
from .elaborate import elaborate, matched, read
from .products import inner
from .reader import Reader
from .stacks import stacked
from .terms import Term, Turn, copied, shape

_UNSUPPORTED = {
    "det": "determinants are not supported yet",
}


@functools.cache
def built_in(name: str) -> Function:
    """The built-in scalar function of this name."""
    return next(f for f in BUILT_IN if f.name == name)


def applied(function: Function, argument: Term, order: int) -> Term:
    """function^(order)(argument), entry by entry."""
    return replace(argument, expr=e.Apply(function, argument.expr, order), plain=False, body_axes=0)


@elaborate.register
def _(node: s.Call, reader: Reader) -> Term:
    if node.declared:
        return applied(reader.notation.functions[node.function], _only(node, reader), node.order)
    if node.function in ("max", "min"):
        return _extremum(node, reader)
    if node.function in ("phi", "Phi"):
        what = "density" if node.function == "phi" else "distribution function"
        reader.note(f"\\{node.function} is read as the {what} of the standard normal distribution")
    if any(node.function == f.name for f in BUILT_IN):
        only = _only(node, reader)
        if node.function == "exp" and len(only.axes) == 2 and only.axes[0].dim == only.axes[1].dim:
            reader.note(f"{reader.source(node)} is read entry by entry, not as the matrix exponential")
        return applied(built_in(node.function), only, node.order)
    if node.order:
        raise reader.unreadable(node, f"{node.function} has no derivative by a prime")
    argument = _only(node, reader)
    if argument.stacked and not (node.function == "tr" and len(argument.axes) == 4):
        raise reader.unreadable(node, f"{node.function} of a stacked array is not supported yet", got=shape(argument))
    if node.function not in ("vec", "transpose", "sqrt"):
        reader.sized(node, argument)
    match node.function:
        case "softmax":
            return softmax(node, argument, reader)
        case "logsumexp":
            return _log_sum_exp(node, argument, reader)
        case "tr":
            return _trace(node, argument, reader)
        case "diag":
            return _diagonal(node, argument, reader)
        case "mean":
            return _mean(argument)
        case "vec":
            return stacked(node, argument, reader)
        case "rank":
            return _rank(node, argument, reader)
        case "transpose":
            return replace(argument, axes=argument.axes[::-1], turn=argument.turn.flipped() if argument.turn else None)
        case "sqrt":
            return argument.with_expr(e.power(argument.expr, e.mul(e.UNIT, e.power(e.Num(2), e.MINUS_ONE))))
        case other:
            raise reader.unreadable(node, _UNSUPPORTED.get(other, f"{other} is not supported yet"))


def _only(node: s.Call, reader: Reader) -> Term:
    if len(node.arguments) != 1:
        raise reader.unreadable(node, f"{node.function} has one argument", got=str(len(node.arguments)))
    return read(node.arguments[0], reader)


def _extremum(node: s.Call, reader: Reader) -> Term:
    """max(a, b, …) of scalars or of arrays entry by entry; max(x) of one array over its entries."""
    terms = [read(a, reader) for a in node.arguments]
    kind: Literal["max", "min"] = "max" if node.function == "max" else "min"
    if len(terms) == 1:
        if not terms[0].axes:
            raise reader.unreadable(node, f"{kind} of one number", expected="two or more, or an index below")
        return Term(e.Extremum(kind, reader.sized(node, terms[0]).axes, terms[0].expr))
    shaped = next((t for t in terms if t.axes), terms[0])
    entries = [_entry(shaped, t, reader) for t in terms]
    result = functools.reduce(lambda a, b: larger(a, b) if kind == "max" else smaller(a, b), entries)
    return replace(shaped, expr=result, plain=False, body_axes=0)


def _entry(shaped: Term, term: Term, reader: Reader) -> e.Expr:
    if term.axes:
        return matched(shaped, term, reader, "these have different shapes")
    if shaped.axes and not term.plain:
        raise reader.ill_formed(term, "an array and a scalar stand side by side", got=f"{shape(shaped)} and a scalar")
    return term.expr


def larger(a: e.Expr, b: e.Expr) -> e.Expr:
    """max(a, b) as a gate: b + ReLU(a − b)."""
    relu = built_in("relu")
    if a == e.ZERO:
        return e.Apply(relu, b)
    if b == e.ZERO:
        return e.Apply(relu, a)
    return e.add(b, e.Apply(relu, e.add(a, e.negate(e.fresh_binders(b)))))


def smaller(a: e.Expr, b: e.Expr) -> e.Expr:
    """min(a, b) as a gate: a − ReLU(a − b)."""
    relu = built_in("relu")
    return e.add(a, e.negate(e.Apply(relu, e.add(e.fresh_binders(a), e.negate(b)))))


@elaborate.register
def _(node: s.Bars, reader: Reader) -> Term:
    term = read(node.body, reader)
    if len(term.axes) > 1:
        raise reader.unreadable(node, "determinants are not supported yet")
    if term.axes:
        raise reader.unreadable(node, "bars around a vector are ambiguous", hint=r"write \|x\| for its norm, or |x_i|")
    return applied(built_in("abs"), term, 0)


@elaborate.register
def _(node: s.Norm, reader: Reader) -> Term:
    term = reader.sized(node, read(node.body, reader))
    if node.label in ("", "2", "F"):
        if node.label == "2" and len(term.axes) > 1:
            raise reader.unreadable(
                node, "the 2-norm of a matrix is not supported", hint=r"write \|W\|_F for its entries"
            )
        half = e.mul(e.UNIT, e.power(e.Num(2), e.MINUS_ONE))
        return Term(e.power(sum_of_squares(term).expr, half))
    absolute = e.Apply(built_in("abs"), term.expr)
    if node.label == "1" and len(term.axes) < 2:
        return Term(e.total(term.axes, absolute))
    if node.label == r"\infty" and len(term.axes) == 1:
        return Term(e.Extremum("max", term.axes, absolute))
    raise reader.unreadable(
        node, f"the norm {node.label} of {shape(term)} is not supported", expected="1, 2, F or \\infty"
    )


def sum_of_squares(term: Term) -> Term:
    """The square of the Euclidean or Frobenius norm."""
    return Term(e.total(term.axes, e.power(term.expr, e.Num(2))))


@elaborate.register
def _(node: s.Inner, reader: Reader) -> Term:
    left, right = read(node.left, reader), read(node.right, reader)
    if not left.axes and not right.axes:
        return Term(e.mul(left.expr, right.expr))
    return inner(left, replace(right, turn=None), reader)


def softmax(node: s.Syntax, argument: Term, reader: Reader) -> Term:
    """e^{z_i} / Σ_k e^{z_k}, the vector."""
    if len(argument.axes) != 1:
        raise reader.ill_formed(node, "softmax is read of a vector", got=shape(argument), hint="write the entries")
    exp = built_in("exp")
    other = copied(argument)
    below = e.total(other.axes, e.Apply(exp, other.expr))
    return argument.with_expr(e.mul(e.Apply(exp, argument.expr), e.power(below, e.MINUS_ONE)))


def _log_sum_exp(node: s.Syntax, argument: Term, reader: Reader) -> Term:
    if len(argument.axes) != 1:
        raise reader.ill_formed(node, "logsumexp is read of a vector", got=shape(argument))
    return Term(e.Apply(built_in("log"), e.total(argument.axes, e.Apply(built_in("exp"), argument.expr))))


def _rank(node: s.Syntax, argument: Term, reader: Reader) -> Term:
    if len(argument.axes) != 2:
        raise reader.ill_formed(node, "a rank is that of a matrix", got=shape(argument))
    return Term(e.Rank(argument.axes, argument.expr))


def _trace(node: s.Syntax, argument: Term, reader: Reader) -> Term:
    if not argument.axes:
        return argument
    if argument.stacked:
        rows, columns = argument.axes[:2], argument.axes[2:]
        if not all(reader.same_dim(r.dim, c.dim) for r, c in zip(rows, columns, strict=True)):
            raise reader.unreadable(node, "this trace is not supported yet", got=shape(argument))
        return Term(e.total(rows, e.substitute(argument.expr, dict(zip(columns, rows, strict=True)))))
    if len(argument.axes) != 2 or not reader.same_dim(argument.axes[0].dim, argument.axes[1].dim):
        raise reader.ill_formed(node, "only a square matrix has a trace", got=shape(argument))
    first, second = argument.axes
    return Term(e.total((first,), e.substitute(argument.expr, {second: first})))


def _diagonal(node: s.Syntax, argument: Term, reader: Reader) -> Term:
    """Diag of a vector is a matrix, diag of a square matrix is a vector."""
    if len(argument.axes) == 1:
        first = argument.axes[0]
        second = reader.new_index("v", first.dim)
        return Term(e.mul(e.Delta(first, second), argument.expr), (first, second))
    if len(argument.axes) != 2 or not reader.same_dim(argument.axes[0].dim, argument.axes[1].dim):
        raise reader.ill_formed(node, "diag is read of a vector or a square matrix", got=shape(argument))
    first, second = argument.axes
    return Term(e.substitute(argument.expr, {second: first}), (first,), Turn())


def _mean(argument: Term) -> Term:
    count = e.mul(*(e.size(axis.dim) for axis in argument.axes))
    return Term(e.mul(e.power(count, e.MINUS_ONE), e.total(argument.axes, argument.expr)))
