"""What a piece of syntax means: the entry of an array, written over its axes.

`elaborate` looks at one node of the syntax tree; the rules for the other kinds of node stand in the
modules named elaborate_*.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from fractions import Fraction

from ...algebra import expressions as e
from ...errors import IllFormedError
from ..syntax import tree as s
from .positions import halved
from .reader import Reader
from .terms import Term, onto, shape

MAX_EXPONENT = 1_000


@functools.singledispatch
def elaborate(node: s.Syntax, reader: Reader) -> Term:
    """The meaning of a syntax node.

    Raises FormulaError where something is not declared or not supported, and IllFormedError where
    shapes or indices cannot match.
    """
    raise reader.unreadable(node, f"{reader.source(node)} is not a value", expected="a formula")


def read(node: s.Syntax, reader: Reader) -> Term:
    """The meaning of a node, with its span."""
    return elaborate(node, reader).at(node.start, node.end)


def read_scalar(node: s.Syntax, reader: Reader, what: str) -> e.Expr:
    """The meaning of a node that must be a scalar."""
    term = read(node, reader)
    if term.axes:
        raise reader.ill_formed(node, f"{what} must be a scalar", got=shape(term))
    return term.expr


@elaborate.register
def _(node: s.Number, reader: Reader) -> Term:  # noqa: ARG001
    return Term(e.Num(node.value), plain=True)


@elaborate.register
def _(node: s.Rounded, reader: Reader) -> Term:
    return Term(e.size(halved(node, reader)))


@elaborate.register
def _(node: s.Group, reader: Reader) -> Term:
    return elaborate(node.body, reader)


@elaborate.register
def _(node: s.Negate, reader: Reader) -> Term:
    term = read(node.body, reader)
    return replace(term, expr=e.negate(term.expr))


@elaborate.register
def _(node: s.Add, reader: Reader) -> Term:
    terms = [read(term, reader) for term in node.terms]
    first = next((t for t in terms if t.axes), None)
    if first is None:
        return Term(e.add(*(t.expr for t in terms)), plain=all(t.plain for t in terms))
    try:
        parts = [
            _everywhere(term, first, part, reader)
            if _is_shift(part, term, first, reader)
            else added(first, term, reader)
            for term, part in zip(terms, node.terms, strict=True)
        ]
    except IllFormedError as error:
        raise _with_wider_sum(error, node, reader) from None
    return replace(first, expr=e.add(*parts), plain=False, body_axes=0)


def _with_wider_sum(error: IllFormedError, node: s.Add, reader: Reader) -> IllFormedError:
    """The error, with the advice to put the body of a sum in parentheses where one ends at a sign of this sum."""
    for part in node.terms[:-1]:
        last = part.body if isinstance(part, s.Negate) else part
        last = last.factors[-1] if isinstance(last, s.Product) else last
        if isinstance(last, s.Big):
            head = reader.text[last.start : last.body.start].strip()
            hint = f"a sum ends at the next + or -: write {head} (…) if it reaches further"
            return IllFormedError(error.what, place=error.place, got=error.got, expected=error.expected, hint=hint)
    return error


def _is_shift(node: s.Syntax, term: Term, first: Term, reader: Reader) -> bool:
    r"""Whether a declared scalar parameter or constant is added to a vector: a shift, \gamma h + \beta.

    A node, an input or a sum that came out as a scalar is not: there the shapes are a mistake more often
    than not. Nor is anything added to a matrix, where A - s may mean A - s I.
    """
    while isinstance(node, s.Negate | s.Group):
        node = node.body
    if term.axes or len(first.axes) != 1 or first.stacked:
        return False
    if not (isinstance(node, s.Symbol) and node.kind == "tensor" and not node.indices and not node.samples):
        return False
    entry = reader.notation.entries.get(node.name)
    return entry is not None and entry.role in ("parameter", "constant") and not entry.tensor.dims


def _everywhere(term: Term, first: Term, node: s.Syntax, reader: Reader) -> e.Expr:
    """The entry of a scalar that is added to every entry of a vector."""
    while isinstance(node, s.Negate | s.Group):
        node = node.body
    reader.note(f"the scalar {reader.source(node)} is read as added to every entry of {reader.source(first)}")
    return term.expr


def single_entry(term: Term) -> bool:
    """Whether an array has one entry at every size, so that it can stand beside a number: W x of a 1 × n matrix."""
    return all(axis.dim.literal == 1 for axis in term.axes)


def added(first: Term, term: Term, reader: Reader) -> e.Expr:
    """The entry of a term that is added to `first`, at the axes of `first`."""
    if not term.axes:
        if single_entry(first):
            return term.expr
        if term.plain and (len(first.axes) == 1 or term.expr == e.ZERO):
            if term.expr != e.ZERO:
                reader.note(f"{reader.source(term)} is read as a vector of that number")
            return term.expr
        kind = "a number" if term.plain else "a scalar"
        wanted = r"a \mathbf 1" if len(first.axes) == 1 else "a matrix"
        raise reader.ill_formed(
            term, f"{kind} is added to an array", got=f"{shape(first)} and {shape(term)}", expected="equal shapes",
            hint=f"write {wanted} if every entry is meant",
        )  # fmt: skip
    return matched(first, term, reader, "these cannot be added")


def matched(first: Term, term: Term, reader: Reader, what: str) -> e.Expr:
    """The entry of a term at the axes of another one of the same shape; IllFormedError where the shapes differ."""
    if first is term:
        return term.expr
    fits = (
        len(first.axes) == len(term.axes)
        and first.stacked == term.stacked
        and all(reader.same_dim(a.dim, b.dim) for a, b in zip(first.axes, term.axes, strict=True))
    )
    if not fits:
        hint = None
        if len(first.axes) == len(term.axes) == 2 and [a.dim for a in first.axes] == [a.dim for a in term.axes][::-1]:
            hint = f"it fits transposed: ({reader.source(term)})^T"
        raise reader.ill_formed(term, what, got=f"{shape(first)} and {shape(term)}", expected="equal shapes", hint=hint)
    if first.turn and term.turn and not first.turn.link(term.turn):
        raise reader.ill_formed(
            term, f"{what}: one is a column, the other a row", got=f"{shape(first)} and {shape(term)}",
            hint=f"it fits transposed: ({reader.source(term)})^T",
        )  # fmt: skip
    return onto(term, first.axes)


@elaborate.register
def _(node: s.Quotient, reader: Reader) -> Term:
    top, bottom = read(node.numerator, reader), read(node.denominator, reader)
    return divided(top, bottom, reader)


def divided(top: Term, bottom: Term, reader: Reader) -> Term:
    """Top / bottom; by an array only entry by entry."""
    if bottom.expr == e.ZERO:
        raise reader.ill_formed(bottom, "a division by zero")
    inverse = e.power(bottom.expr, e.MINUS_ONE)
    if not bottom.axes:
        plain = top.plain and bottom.plain
        return replace(top, expr=e.mul(top.expr, inverse), plain=plain)
    reader.note("a division by an array is read entry by entry")
    if not top.axes:
        return replace(bottom, expr=e.mul(top.expr, inverse), plain=False)
    entry = matched(bottom, top, reader, "these cannot be divided entry by entry")
    return replace(bottom, expr=e.mul(entry, inverse), plain=False)


@elaborate.register
def _(node: s.Power, reader: Reader) -> Term:
    if isinstance(node.base, s.Symbol) and node.base.name == "e" and node.base.kind == "unknown":
        from .calls import applied, built_in

        power = read(node.exponent, reader)
        _not_square(node, power, reader)
        return applied(built_in("exp"), power, 0)
    if isinstance(node.base, s.Norm) and node.base.label in ("", "2", "F") and _is_two(node.exponent):
        from .calls import sum_of_squares

        return sum_of_squares(reader.sized(node, read(node.base.body, reader)))
    exponent = read_scalar(node.exponent, reader, "an exponent")
    _check_exponent(node, exponent, reader)
    base = read(node.base, reader)
    if not base.axes:
        return replace(base, expr=e.power(base.expr, exponent))
    return _array_power(node, base, exponent, reader)


def _not_square(node: s.Power, exponent: Term, reader: Reader) -> None:
    """Refuse e^W of a square matrix, which is the matrix exponential to some and entry by entry to others."""
    if len(exponent.axes) == 2 and reader.same_dim(exponent.axes[0].dim, exponent.axes[1].dim):
        raise reader.unreadable(
            node, "the exponential of a square matrix is not supported",
            hint=r"if every entry is meant, write \exp(W), or e^{W_{jk}} for an entry",
        )  # fmt: skip


def _is_two(node: s.Syntax) -> bool:
    return isinstance(node, s.Number) and node.value == 2


def _check_exponent(node: s.Power, exponent: e.Expr, reader: Reader) -> None:
    if isinstance(exponent, e.Num) and abs(Fraction(exponent.value)) > MAX_EXPONENT:
        raise reader.unreadable(
            node.exponent, "this exponent is too large", got=reader.source(node.exponent),
            expected=f"at most {MAX_EXPONENT}",
        )  # fmt: skip
    if isinstance(exponent, e.Pow) and isinstance(exponent.base, e.Num) and isinstance(exponent.exponent, e.Num):
        raise reader.unreadable(node.exponent, "this exponent is too large", expected=f"at most {MAX_EXPONENT}")


def _array_power(node: s.Power, base: Term, exponent: e.Expr, reader: Reader) -> Term:
    """A power of a vector or matrix."""
    if node.elementwise:
        return base.with_expr(e.power(base.expr, exponent))
    if len(base.axes) == 1:
        return _vector_power(node, base, exponent, reader)
    if exponent == e.MINUS_ONE:
        raise reader.unreadable(node, "inverses of matrices are not supported yet")
    value = exponent.value if isinstance(exponent, e.Num) else None
    if not isinstance(value, int) or not 1 <= value <= 8:
        raise reader.unreadable(node, "a power of a matrix is read for whole numbers from 1 to 8")
    from .products import matrix_product
    from .terms import copied

    result = base
    for _ in range(value - 1):
        result = matrix_product(result, copied(base), reader)
    return result


def _vector_power(node: s.Power, base: Term, exponent: e.Expr, reader: Reader) -> Term:
    reader.met.add("square")
    if reader.reading.square == "sum" and exponent == e.Num(2):
        reader.note("the square of a vector is read as its sum of squares")
        return Term(e.total(base.axes, e.power(base.expr, exponent)))
    reader.note(f"{reader.source(node)} is read entry by entry")
    return base.with_expr(e.power(base.expr, exponent))


@elaborate.register
def _(node: s.Transpose, reader: Reader) -> Term:
    term = read(node.base, reader)
    declared = reader.notation.kinds.get("T") if "T" in reader.text[node.base.start : node.end][-2:] else None
    if declared is not None and not term.axes:
        place = s.Symbol(node.end - 1, node.end, "T", declared, "T")
        return replace(term, expr=e.power(term.expr, read_scalar(place, reader, "an exponent")), plain=False)
    if declared is not None:
        reader.note(f"{reader.source(node)} is read as a transpose")
    if not term.axes:
        if isinstance(node.base, s.Symbol) and node.base.indices:
            raise reader.unreadable(
                node, "a transpose on an entry is ambiguous",
                hint=f"write ({node.base.name}^T)_{{…}} or drop the transpose",
            )  # fmt: skip
        return term
    if term.stacked:
        from .stacks import stacked_transpose

        return stacked_transpose(term)
    if len(term.axes) == 1:
        return replace(term, turn=term.turn.flipped() if term.turn else None)
    if len(term.axes) == 2:
        return replace(term, axes=term.axes[::-1], body_axes=0)
    raise reader.ill_formed(node, "only vectors and matrices have a transpose", got=shape(term))
