"""An expression laid out entry by entry: every index written, every sum with its limits."""

from __future__ import annotations

from fractions import Fraction

from ..algebra.dims import Dim
from ..algebra.expressions import (
    Add,
    Apply,
    AtMost,
    Binder,
    Compare,
    Const,
    Delta,
    Derivative,
    Elem,
    Expr,
    Extremum,
    Mul,
    Num,
    Number,
    Ordinal,
    Pow,
    Product,
    Size,
    power,
)
from ..algebra.functions import ABS, EXP, RELU, SIGN
from ..algebra.index import Slot, position, slot_offset, slot_terms
from . import layout as lay
from .layout import Layout, Terms, run
from .names import Scope, function_latex, name_layout, position_text

RELATIONS = {">": ">", ">=": r"\geq", "=": "=", "!=": r"\neq"}


def lay_out(expr: Expr, scope: Scope) -> Layout:
    """The layout of an expression whose free indices have letters in `scope`."""
    if isinstance(expr, Elem):
        return entry(expr, scope)
    if isinstance(expr, Add):
        return _terms(expr, scope)
    if isinstance(expr, Num | Mul | Pow):
        negative, body = signed(expr, scope)
        return Terms(((True, body),)) if negative else body
    if isinstance(expr, Apply):
        return applied(expr, lay_out(expr.argument, scope), scope)
    if isinstance(expr, Binder):
        return _binder(expr, scope)
    if isinstance(expr, Derivative):
        return lay.Partial(lay_out(expr.body, scope), lay_out(expr.wrt, scope))
    return _sign_or_number(expr, scope)


def entry(expr: Elem, scope: Scope) -> Layout:
    """An entry, its sample positions above and the others below."""
    declared = scope.notation.entries.get(expr.tensor.name)
    count = len(declared.samples) if declared else 0
    zeros = {count + axis for axis in declared.zeros} if declared else ()
    slots = (position(slot_terms(s), slot_offset(s) - 1) if n in zeros else s for n, s in enumerate(expr.slots))
    texts = tuple(position_text(s, scope) for s in slots)
    return name_layout(expr.tensor.name, texts[:count], texts[count:])


def _terms(expr: Add, scope: Scope) -> Layout:
    parts = [signed(term, scope) for term in expr.terms]
    if parts[0][0] and not all(negative for negative, _ in parts):
        first = next(k for k, (negative, _) in enumerate(parts) if not negative)
        parts = [parts[first], *parts[:first], *parts[first + 1 :]]
    return Terms(tuple(parts))


def signed(expr: Expr, scope: Scope) -> tuple[bool, Layout]:
    """Whether a minus stands in front, and what stands behind it."""
    if isinstance(expr, Num):
        return expr.value < 0, numeral(_size(expr.value))
    if not isinstance(expr, Mul | Pow):
        return False, lay_out(expr, scope)
    factors = expr.factors if isinstance(expr, Mul) else (expr,)
    number: Number = 1
    if isinstance(factors[0], Num):
        number, factors = factors[0].value, factors[1:]
    return number < 0, product(_size(number), factors, scope)


def _size(number: Number) -> Number:
    return -number if number < 0 else number


def product(number: Number, factors: tuple[Expr, ...], scope: Scope) -> Layout:
    """A product without its sign: number, brackets, names and functions, sums; divisors below a line."""
    above, below = [], []
    for factor in factors:
        divisor = _divisor(factor)
        if divisor is None:
            above.append(factor)
        else:
            below.append(divisor)
    tops = [_factor(f, scope) for f in sorted(above, key=_rank) if not isinstance(f, Binder)]
    sums = [lay_out(f, scope) for f in above if isinstance(f, Binder)]
    return assemble(number, tops, [_factor(f, scope) for f in below], sums, numeric=all(map(_is_size, below)))


def assemble(number: Number, tops: list[Layout], bottoms: list[Layout], sums: list[Layout], *, numeric: bool) -> Layout:
    """A product from its laid-out parts; `numeric`: the divisors are sizes, so 1/n goes in front."""
    p, q = (number.numerator, number.denominator) if isinstance(number, Fraction) else (number, 1)
    below = [*([numeral(q)] if q != 1 else []), *bottoms]
    if not below:
        front = [numeral(p)] if p != 1 or not (tops or sums) else []
        return run(*front, *tops, *sums)
    if numeric and (tops or sums):
        return run(lay.Quotient(numeral(p), run(*below)), *tops, *sums)
    above = [*([numeral(p)] if p != 1 or not tops else []), *tops]
    return run(lay.Quotient(run(*above), run(*below)), *sums)


def _factor(expr: Expr, scope: Scope) -> Layout:
    """A factor above or below the line."""
    return raised(lay_out(expr.base, scope), expr.exponent, scope) if isinstance(expr, Pow) else lay_out(expr, scope)


def _rank(factor: Expr) -> int:
    """Sizes first, then brackets: a bracket right behind a name could be taken for its argument."""
    return 0 if _is_size(factor) else 1 if isinstance(factor, Add) else 2


def _is_size(expr: Expr) -> bool:
    if isinstance(expr, Pow):
        return _is_size(expr.base) and isinstance(expr.exponent, Num)
    return isinstance(expr, Size | Num)


def _divisor(factor: Expr) -> Expr | None:
    """What stands below the line for this factor, if it belongs there."""
    if isinstance(factor, Pow) and isinstance(factor.exponent, Num) and factor.exponent.value < 0:
        return power(factor.base, Num(-factor.exponent.value))
    return None


def numeral(value: Number) -> Layout:
    """A number that is not negative."""
    if isinstance(value, Fraction) and value.denominator != 1:
        return lay.Quotient(lay.Numeral(value.numerator), lay.Numeral(value.denominator))
    return lay.Numeral(int(value))


def raised(base: Layout, exponent: Expr, scope: Scope) -> Layout:
    """base^exponent; the exponent is no negative number."""
    if isinstance(exponent, Num) and exponent.value == Fraction(1, 2):
        return lay.Root(base)
    if isinstance(exponent, Num) and isinstance(exponent.value, Fraction):
        return lay.Raised(base, lay.Word(str(exponent.value)))
    return lay.Raised(base, lay_out(exponent, scope))


def applied(expr: Apply, argument: Layout, scope: Scope) -> Layout:
    """A function of an argument that is laid out already."""
    if expr.function == RELU and expr.order == 1 and RELU.slope_at_kink == 0:
        if isinstance(argument, Terms) and len(argument.terms) == 1 and argument.terms[0][0]:
            return lay.Bracket(argument.terms[0][1], "<", lay.Numeral(0))
        return lay.Bracket(argument, ">", lay.Numeral(0))
    if expr.function == ABS and expr.order <= 1:
        # The slope of |u| is the sign of u, and 0 at 0 like that.
        return lay.Absolute(argument) if expr.order == 0 else lay.Applied(SIGN.latex, 0, argument)
    if expr.function == EXP and not scope.notation.kinds.get("e"):
        return lay.Raised(lay.Word("e"), argument)
    return lay.Applied(function_latex(expr.function, scope.notation), expr.order, argument)


def _binder(expr: Binder, scope: Scope) -> Layout:
    inner = scope.binding(expr.indices)
    body = lay_out(expr.body, inner)
    letters = [inner.letters[i] for i in expr.indices]
    if isinstance(expr, Extremum):
        return lay.Big(expr.kind, ",".join(letters), None, body)
    for index, letter in reversed(list(zip(expr.indices, letters, strict=True))):
        body = lay.Big("prod" if isinstance(expr, Product) else "sum", f"{letter}=1", str(index.dim), body)
    return body


def big_sum(letter: str, dim: Dim, body: Layout) -> Layout:
    """The sum of body over one index, with its limits."""
    return lay.Big("sum", f"{letter}=1", str(dim), body)


def _sign_or_number(expr: Expr, scope: Scope) -> Layout:
    if isinstance(expr, Compare):
        return lay.Bracket(lay_out(expr.left, scope), RELATIONS[expr.relation], lay_out(expr.right, scope))
    if isinstance(expr, Delta):
        return _delta(expr, scope)
    if isinstance(expr, AtMost):
        return lay.Bracket(_position(expr.left, scope), r"\leq", _position(expr.right, scope))
    if isinstance(expr, Ordinal):
        return _position(expr.slot, scope)
    if isinstance(expr, Size):
        dim = scope.notation.written(expr.dim)
        return lay.Word(str(dim), loose=len(dim.terms) + bool(dim.constant) > 1)
    assert isinstance(expr, Const), f"no layout for {type(expr).__name__}"
    return lay.Word(rf"\{expr.name}")


def _delta(expr: Delta, scope: Scope) -> Layout:
    # \delta_{i,j} only where no declared name begins with \delta, adjoints among them.
    if any(name.startswith("\\delta") for name in scope.taken):
        return lay.Bracket(_position(expr.left, scope), "=", _position(expr.right, scope))
    return lay.Name("\\delta", positions=(position_text(expr.left, scope), position_text(expr.right, scope)))


def _position(slot: Slot, scope: Scope) -> Layout:
    text = position_text(slot, scope)
    return lay.Word(text, loose="+" in text or "-" in text)
