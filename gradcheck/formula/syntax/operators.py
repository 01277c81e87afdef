"""Parsing applications: functions, operations on arrays, and sums, products and maxima over indices."""

from __future__ import annotations

from typing import Any

from ..text.commands import LETTER_COMMANDS
from ..text.places import unreadable
from . import tree as s
from .cursor import Cursor
from .groups import parse_chain, parse_group
from .symbols import Scripts, take_base
from .unrolled import unrolled

BIG: dict[str, Any] = {
    r"\sum": "sum", r"\prod": "prod", r"\max": "max", r"\min": "min", r"\argmax": "argmax", r"\argmin": "argmin",
}  # fmt: skip
_OF_MATRICES = ("tr", "rank", "vec")
_STOPS = frozenset(
    {r"\log", r"\ln", r"\exp", r"\sin", r"\cos", r"\tanh", r"\sinh", r"\cosh", r"\sum", r"\prod", r"\max", r"\min"}
)


def parse_big(cursor: Cursor, operation: Any, start: int) -> s.Syntax:
    """A sum, product or extremum over indices: limits, then its body.

    A sum's body runs to the next + or - at its level, through explicit product signs too. That of a
    maximum is the run of factors behind it. A maximum without indices is one of its arguments.
    """
    below: tuple[s.Syntax, ...] = ()
    above: s.Syntax | None = None
    limits = False
    while cursor.at("script"):
        token = cursor.take()
        low, high = cursor.argument()
        if token.text == "_":
            below = cursor.within(low, high, _conditions)
            limits = True
        elif limits or operation in ("sum", "prod"):
            above = cursor.within(low, high, cursor.grammar.expression)
        else:
            cursor.fail("a subscript", token=token)
    if not below and operation not in ("sum", "prod", "argmax", "argmin"):
        return _arguments_of(cursor, operation, start)
    if not below:
        cursor.fail("what it runs over", hint=r"write \sum_{i=1}^{n}" if operation == "sum" else None)
    cursor.enter()
    begin = cursor.position
    if operation == "prod" and cursor.reading.extent == "factors":
        body = _own_factors(cursor, _summed_names(below))
    elif operation in ("sum", "prod") and not cursor.narrow:
        body = _signed_product(cursor)
    else:
        body = cursor.grammar.run(cursor)
    if operation == "sum" and cursor.reading.extent == "terms" and not cursor.narrow:
        body = _terms_behind(cursor, body, below)
    parse = cursor.grammar.run if cursor.narrow else _signed_product
    each = unrolled(cursor, begin, below, above, body, parse) if operation == "sum" else None
    cursor.leave()
    return each or s.Big(start, cursor.last_end(), operation, below, above, body)


def _terms_behind(cursor: Cursor, body: s.Syntax, below: tuple[s.Syntax, ...]) -> s.Syntax:
    """The body of a sum with the terms behind it, up to the last one in which an index of the sum stands unbound."""
    names = _summed_names(below)
    terms, kept = [body], 1
    position = cursor.position
    while cursor.at("sign"):
        terms.append(_signed_product(cursor))
        if stands_unbound(names, terms[-1]):
            kept, position = len(terms), cursor.position
    cursor.position = position
    return s.Add(body.start, cursor.last_end(), tuple(terms[:kept])) if kept > 1 else body


def _own_factors(cursor: Cursor, names: frozenset[str]) -> s.Syntax:
    """The factors next to each other behind a product over an index, up to the first one without its index."""
    start = cursor.peek().start
    factors = [cursor.grammar.factor(cursor)]
    while _goes_on(cursor) or cursor.at("open"):
        saved = cursor.position
        factor = cursor.grammar.factor(cursor)
        if not stands_unbound(names, factor):
            cursor.position = saved
            break
        factors.append(factor)
    if len(factors) == 1:
        return factors[0]
    return s.Product(start, cursor.last_end(), tuple(factors), ("",) * (len(factors) - 1))


def _summed_names(below: tuple[s.Syntax, ...]) -> frozenset[str]:
    """The names of the indices that stand below a sum, the first one of each condition."""
    firsts = [item.sides[0] if isinstance(item, s.Relation) else item for item in below]
    symbols = [f for item in firsts for f in (item.factors if isinstance(item, s.Product) else (item,))]
    return frozenset(f.name for f in symbols if isinstance(f, s.Symbol))


def stands_unbound(names: frozenset[str], node: s.Syntax) -> bool:
    """Whether one of these index names stands in a piece of syntax outside of sums that bind it."""
    if isinstance(node, s.Big):
        names -= _summed_names(node.below)
    if isinstance(node, s.Symbol) and node.name in names:
        return True
    return any(stands_unbound(names, child) for child in s.children(node))


def _signed_product(cursor: Cursor) -> s.Syntax:
    if not cursor.at("sign"):
        return cursor.grammar.product(cursor)
    sign = cursor.take()
    body = cursor.grammar.product(cursor)
    return s.Negate(sign.start, body.end, body) if sign.text == "-" else body


def _conditions(cursor: Cursor) -> tuple[s.Syntax, ...]:
    """What stands below: names, ranges and conditions, separated by commas."""
    items: list[s.Syntax] = []
    if cursor.at("command", r"\substack"):
        cursor.take()
        return cursor.within(*cursor.argument(), _conditions)
    while True:
        items.append(parse_chain(cursor))
        token = cursor.peek()
        if (
            (token.kind == "symbol" and token.text in (",", ":", ";", "\\\\"))
            or token.text in (r"\mid", r"\colon")
            or token.kind == "text"
        ):
            cursor.take()
        else:
            return tuple(items)


def _arguments_of(cursor: Cursor, operation: str, start: int) -> s.Syntax:
    r"""\max(a, b), \max\{a, b\}."""
    if not cursor.at("open"):
        cursor.fail("( or a subscript", hint=rf"write \{operation}(a, b) or \{operation}_j x_j")
    arguments = _group_arguments(cursor)
    return s.Call(start, cursor.last_end(), operation, 0, arguments, False)


def _group_arguments(cursor: Cursor) -> tuple[s.Syntax, ...]:
    group = parse_group(cursor)
    if isinstance(group, s.Listing):
        return group.items
    if isinstance(group, s.Group):
        return (group.body,)
    return (group,)


def parse_call(cursor: Cursor, symbol: s.Symbol, scripts: Scripts, start: int) -> s.Syntax | None:
    r"""An application of a function or array operation; None if a declared function stands alone.

    Without parentheses a built-in function takes a number and the factor after it, or one run of
    names: \log 2x, \tanh x \tanh y, \operatorname{erf}\frac{x}{2}.
    """
    name, declared, order = symbol.name, symbol.kind == "function", scripts.primes
    if symbol.parens:
        label = symbol.parens[0]
        raise unreadable(
            cursor.text, symbol.start, symbol.end, f"{symbol.base}^{{{label}}} may be a derivative or another function",
            hint=f"write {symbol.base}'' with primes, or declare the function {symbol.base}^{{{label}}}",
        )  # fmt: skip
    exponent = _exponent(cursor, scripts)
    if cursor.at("open") and cursor.peek().text in ("(", "[", r"\{") and (cursor.peek().text == "(" or not declared):
        arguments = _group_arguments(cursor)
    elif declared or not _begins_argument(cursor):
        return None
    else:
        arguments = (_implied_argument(cursor, (s.Transpose, s.Power) if name in _OF_MATRICES else ()),)
    call = s.Call(start, cursor.last_end(), name, order, arguments, declared)
    return s.Power(start, cursor.last_end(), call, exponent) if exponent is not None else call


def _exponent(cursor: Cursor, scripts: Scripts) -> s.Syntax | None:
    r"""The power written on a function's name, as in \tanh^2 x."""
    powers = [a for a in scripts.after if a[0] == "power"]
    if len(scripts.after) > len(powers) or len(powers) > 1:
        cursor.fail("an argument in parentheses")
    if not powers:
        return None
    _, low, high = powers[0]
    exponent = cursor.within(low, high, cursor.grammar.expression)
    if isinstance(exponent, s.Negate):
        raise unreadable(
            cursor.text, exponent.start, exponent.end, "a negative power on a function's name is ambiguous",
            hint="write the inverse function by its own name, or put the power behind the argument",
        )  # fmt: skip
    return exponent


def _begins_argument(cursor: Cursor) -> bool:
    token = cursor.peek()
    if token.kind == "sign" and token.text == "-":
        token = cursor.peek(1)
    return token.kind in ("letter", "number", "bar", "{", "begin", "word") or (
        token.kind == "command" and token.text not in (r"\forall", r"\tag", r"\partial", r"\nabla")
    )


def _implied_argument(cursor: Cursor, more: tuple[type[s.Syntax], ...]) -> s.Syntax:
    """The run of names and numbers behind a function without parentheses; a minus before it belongs to it.

    more: what else may stand inside of the run: a trace goes on over transposes and powers.
    """
    cursor.enter()
    first = cursor.take() if cursor.at("sign", "-") else None
    start = cursor.peek().start
    factors = [cursor.grammar.factor(cursor)]
    signs: list[str] = []
    inside = (s.Number, s.Symbol, *more)
    while cursor.reading.reach != "factor" and isinstance(factors[-1], inside) and _goes_on(cursor):
        factors.append(cursor.grammar.factor(cursor))
        signs.append("")
    if cursor.reading.reach == "quotient" and cursor.at("times", "/"):
        signs.append(cursor.take().text)
        factors.append(cursor.grammar.factor(cursor))
    cursor.leave()
    end = cursor.last_end()
    body = factors[0] if len(factors) == 1 else s.Product(start, end, tuple(factors), tuple(signs))
    return s.Negate(first.start, end, body) if first is not None else body


def _goes_on(cursor: Cursor) -> bool:
    """Whether the next factor still belongs to an argument without parentheses."""
    token = cursor.peek()
    if token.kind == "command":
        return token.text not in _STOPS and token.text in LETTER_COMMANDS
    return token.kind in ("letter", "number")


def parse_root(cursor: Cursor) -> s.Syntax:
    r"""\sqrt x, \sqrt[3]{x}."""
    start = cursor.take().start
    degree: s.Syntax = s.Number(start, start, 2)
    if cursor.at("open", "["):
        stop = cursor.closing(cursor.position)
        degree = cursor.within(cursor.position + 1, stop, cursor.grammar.expression)
        cursor.position = stop + 1
    radicand = cursor.within(*cursor.argument(), cursor.grammar.expression)
    end = cursor.last_end()
    one = s.Number(start, start, 1)
    return s.Power(start, end, radicand, s.Quotient(start, start, one, degree))


def parse_mean(cursor: Cursor, start: int) -> s.Syntax:
    r"""\mathbb{E}_i[x^{(i)}], the mean over an index."""
    if not cursor.at("script", "_"):
        cursor.fail("the index of the mean as a subscript", hint=r"write \mathbb{E}_i[\ldots] for the mean over i")
    cursor.take()
    below = cursor.within(*cursor.argument(), _conditions)
    if not cursor.at("open"):
        cursor.fail("what the mean is taken of, in brackets")
    body = cursor.grammar.factor(cursor)
    return s.Big(start, cursor.last_end(), "mean", below, None, body)


def named_arguments(cursor: Cursor, symbol: s.Symbol) -> tuple[s.Syntax, ...] | None:
    """The argument list behind a node's name, l(y, x_3); None where the parentheses are a factor.

    A list with a comma is always one. A single name in parentheses is one behind a node.
    """
    if not cursor.at("open", "("):
        return None
    stop = cursor.closing(cursor.position)
    level, comma = 0, False
    for token in cursor.tokens[cursor.position : stop]:
        level += {"open": 1, "close": -1, "{": 1, "}": -1}.get(token.kind, 0)
        comma |= token.text == "," and level == 1
    if comma:
        return _group_arguments(cursor)
    entry = cursor.notation.entries.get(symbol.name)
    if entry is None or entry.role != "node" or cursor.reading.arguments == "product" or not _name_inside(cursor, stop):
        return None
    return _group_arguments(cursor)


def _name_inside(cursor: Cursor, stop: int) -> bool:
    """Whether the parentheses up to `stop` hold one name with its scripts and nothing else."""
    saved = cursor.position
    cursor.position += 1
    base = take_base(cursor)
    while cursor.position < stop and cursor.peek().kind in ("script", "prime"):
        if cursor.take().kind == "script":
            cursor.argument()
    alone = cursor.position == stop and (base.kind in ("letter", "word") or base.text in LETTER_COMMANDS)
    cursor.position = saved
    return alone
