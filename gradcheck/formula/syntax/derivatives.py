"""Parsing derivatives: fractions of differentials, operators before their operand, gradients."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ..text.commands import meant
from . import tree as s
from .cursor import Cursor
from .symbols import parse_positions

FRACTIONS = frozenset({r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"})


def begins_derivative(cursor: Cursor) -> bool:
    """Whether a derivative fraction stands at the cursor."""
    if cursor.peek().kind != "command" or cursor.peek().text not in FRACTIONS:
        return False
    saved = cursor.position
    cursor.position += 1
    top = cursor.argument()
    bottom = cursor.argument()
    cursor.position = saved
    return differential_sign(cursor, top, bottom) is not None


def differential_sign(cursor: Cursor, top: tuple[int, int], bottom: tuple[int, int]) -> Literal["partial", "d"] | None:
    """Which sign makes this fraction a derivative, if it is one.

    A fraction with d in front above and below is one even where d is declared: as a quotient d would cancel.
    """
    tokens = cursor.tokens
    if top[0] >= top[1] or bottom[0] >= bottom[1]:
        return None
    above, below = tokens[top[0]], tokens[bottom[0]]
    if above.text == r"\partial" and below.text == r"\partial":
        return "partial"
    if above.text == r"\partial" or below.text == r"\partial":
        return None
    if above.text != "d" or below.text != "d" or bottom[1] - bottom[0] < 2:
        return None
    variable = tokens[bottom[0] + 1]
    if variable.text == "_" or ("d" in cursor.notation.kinds and variable.kind not in ("letter", "command", "word")):
        return None
    if top[1] - top[0] > 1 and tokens[top[0] + 1].text == "_":
        return None
    return None if _is_word(cursor, top) or _is_word(cursor, bottom) else "d"


def _is_word(cursor: Cursor, span: tuple[int, int]) -> bool:
    """Whether the letters at the beginning of this range are a declared word, such as dA or loss."""
    run = ""
    for place in range(*span):
        token = cursor.tokens[place]
        if token.kind != "letter" or (run and token.start != cursor.tokens[place - 1].end):
            break
        run += token.text
        if run in cursor.notation.long_words:
            return True
    return False


def parse_fraction(cursor: Cursor) -> s.Syntax:
    r"""\frac with its two arguments, which may be a derivative."""
    start = cursor.take().start
    top = cursor.argument()
    bottom = cursor.argument()
    sign = differential_sign(cursor, top, bottom)
    if sign is None:
        _refuse_misprint(cursor, top, bottom)
        numerator = cursor.within(*top, cursor.grammar.expression)
        denominator = cursor.within(*bottom, cursor.grammar.expression)
        return s.Quotient(start, cursor.last_end(), numerator, denominator)
    order, body = cursor.within(*top, lambda inner: _numerator(inner))
    variables = cursor.within(*bottom, lambda inner: _denominator(inner, sign))
    if order != len(variables):
        cursor.position = bottom[0]
        cursor.fail(f"{order} variable{'s' if order > 1 else ''} below, as the order above says")
    if body is not None:
        return s.Differential(start, cursor.last_end(), body, variables, sign, False)
    return _before_operand(cursor, start, variables, sign)


def _refuse_misprint(cursor: Cursor, top: tuple[int, int], bottom: tuple[int, int]) -> None:
    r"""Raise for \frac{\partial J}{\partal w} at the half that is misspelt: the other one would be blamed."""
    first = [cursor.tokens[low] for low, high in (top, bottom) if low < high]
    if any(token.text == r"\partial" for token in first):
        for token in first:
            if token.kind == "command" and token.text not in cursor.notation.bases and meant(token.text) == r"\partial":
                raise cursor.unknown_command(token)


def _before_operand(
    cursor: Cursor, start: int, variables: tuple[s.Syntax, ...], sign: Literal["partial", "d", "nabla"]
) -> s.Syntax:
    """An operator and what it acts on: for a sum, where the reading says so, on the first factor of each term."""
    operand = parse_operand(cursor)
    if cursor.reading.scope != "terms" or not isinstance(operand, s.Big) or operand.operation != "sum":
        return s.Differential(start, operand.end, operand, variables, sign, True)
    body = operand.body
    first = body.factors[0] if isinstance(body, s.Product) else body
    derived = s.Differential(start, first.end, first, variables, sign, True)
    if isinstance(body, s.Product):
        return replace(operand, start=start, body=replace(body, factors=(derived, *body.factors[1:])))
    return replace(operand, start=start, body=derived)


def _numerator(cursor: Cursor) -> tuple[int, s.Syntax | None]:
    cursor.take()
    order = _order(cursor)
    return order, None if cursor.peek().kind == "end" else cursor.grammar.expression(cursor)


def _order(cursor: Cursor) -> int:
    """The exponent in ∂^2, 1 without one."""
    if not cursor.at("script", "^"):
        return 1
    cursor.take()
    low, high = cursor.argument()
    token = cursor.tokens[low]
    if high - low != 1 or token.kind != "number" or token.text not in ("1", "2", "3", "4"):
        cursor.fail("an order from 1 to 4", token=token)
    return int(token.text)


def _denominator(cursor: Cursor, sign: str) -> tuple[s.Syntax, ...]:
    variables: list[s.Syntax] = []
    written = "d" if sign == "d" else r"\partial"
    while cursor.peek().kind != "end":
        if cursor.peek().text != written:
            cursor.fail(f"{written} before each variable")
        cursor.take()
        variable = cursor.grammar.factor(cursor)
        while isinstance(variable, s.Group):
            variable = variable.body
        if isinstance(variable, s.Power) and isinstance(variable.exponent, s.Number):
            count = variable.exponent.value
            if not isinstance(count, int) or not 1 <= count <= 4:
                cursor.fail("an order from 1 to 4")
            variables += [variable.base] * int(count)
        else:
            variables.append(variable)
    return tuple(variables)


def parse_operand(cursor: Cursor) -> s.Syntax:
    """What an operator derivative acts on: the product written to its right without an explicit sign.

    It stops before another derivative fraction. Where the reading says so it takes only the first
    factor, or everything up to the next + or -, or that for a sum alone.
    """
    wide = cursor.reading.scope == "wide" or (cursor.reading.scope == "terms" and cursor.peek().text == r"\sum")
    if cursor.peek().kind in ("end", "relation", "close", "times", "symbol", "}"):
        cursor.fail("what is differentiated")
    saved = cursor.narrow
    cursor.narrow = not wide
    cursor.enter()
    operand = cursor.grammar.product(cursor) if wide else cursor.grammar.run(cursor)
    cursor.leave()
    cursor.narrow = saved
    return operand


def parse_nabla(cursor: Cursor) -> s.Syntax:
    r"""\nabla_W L, \nabla^2_W L, \partial_x f."""
    token = cursor.take()
    sign: Literal["partial", "nabla"] = "nabla" if token.text == r"\nabla" else "partial"
    variables: tuple[s.Syntax, ...] = ()
    order = 1
    while cursor.at("script"):
        if cursor.peek().text == "^":
            order = _order(cursor)
        else:
            cursor.take()
            variables = cursor.within(*cursor.argument(), parse_positions)
    if not variables:
        cursor.fail(f"a subscript on {token.text}", hint=f"write {token.text}_{{W}} L to say by which variable")
    if len(variables) == 1:
        variables = variables * order
    return _before_operand(cursor, token.start, variables, sign)


def parse_slashed(cursor: Cursor) -> s.Syntax | None:
    """∂l/∂x or dl/dx written on one line; None (and nothing taken) if that is not what stands here."""
    sign = cursor.peek().text
    if sign == "d" and ("d" in cursor.notation.kinds or _is_word(cursor, (cursor.position, cursor.limit))):
        return None
    slash = next(
        (k for k in range(1, 40) if cursor.peek(k).kind in ("end", "relation") or cursor.peek(k).text == "/"), None
    )
    if slash is None or cursor.peek(slash).text != "/" or cursor.peek(slash + 1).text != sign:
        return None
    if cursor.peek(1).kind == "times" or cursor.peek(slash + 2).kind in ("script", "end", "sign", "times", "relation"):
        return None
    start, saved = cursor.peek().start, (cursor.position, cursor.depth)
    cursor.take()
    order = _order(cursor) if cursor.at("script", "^") else 1
    body = cursor.grammar.factor(cursor) if not cursor.at("times", "/") else None
    if not cursor.at("times", "/"):
        cursor.position, cursor.depth = saved
        return None
    cursor.take()
    variables: list[s.Syntax] = []
    while cursor.peek().text == sign and len(variables) < order:
        cursor.take()
        variables.append(cursor.grammar.factor(cursor))
    if body is None:
        return _before_operand(cursor, start, tuple(variables), "d" if sign == "d" else "partial")
    return s.Differential(start, cursor.last_end(), body, tuple(variables), "d" if sign == "d" else "partial", False)
