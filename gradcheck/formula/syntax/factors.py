"""Parsing one factor: a number, a name, something enclosed, an application, with the scripts behind it."""

from __future__ import annotations

from fractions import Fraction

from ..text.commands import FUNCTION_WORDS, LETTER_COMMANDS, OPERATOR_WORDS, OUT_OF_SCOPE
from ..text.places import unreadable
from ..text.tokens import Token
from . import tree as s
from .cursor import Cursor
from .derivatives import FRACTIONS, parse_fraction, parse_nabla, parse_slashed
from .groups import bold_indicator, evaluation_bar, indicator_below, parse_bars, parse_environment, parse_group
from .operators import BIG, named_arguments, parse_big, parse_call, parse_mean, parse_root
from .symbols import TRANSPOSES, Scripts, parentheses_as_power, parse_positions, parse_symbol, read_scripts, take_base

_ONES = frozenset({r"\mathbf{1}", r"\mathbb{1}", r"\mathbb{I}"})


def parse_factor(cursor: Cursor) -> s.Syntax:
    """One factor with its scripts."""
    return _postfix(cursor, _primary(cursor))


def _primary(cursor: Cursor) -> s.Syntax:
    token = cursor.peek()
    kind = token.kind
    if kind == "letter" or kind == "word":
        return _letter(cursor, token)
    if kind == "number":
        return _number(cursor)
    if kind == "open":
        return parse_group(cursor)
    if kind == "command":
        return _command(cursor, token)
    if kind == "{":
        low, high = cursor.argument()
        body = cursor.within(low, high, cursor.grammar.expression)
        return s.Group(token.start, cursor.last_end(), body)
    if kind == "bar":
        return parse_bars(cursor)
    if kind == "begin":
        return parse_environment(cursor)
    if kind == "text" and (
        token.text in cursor.notation.bases or token.text in FUNCTION_WORDS or token.text in OPERATOR_WORDS
    ):
        return _symbol(cursor, cursor.take())
    if kind == "symbol" and token.text == "&":
        cursor.fail("an expression", hint=r"& stands only in matrices, cases and aligned equations")
    raise cursor.unexpected("an expression")


def _number(cursor: Cursor) -> s.Syntax:
    if cursor.peek().text == "1" and cursor.peek(1).text == "(":
        indicator = bold_indicator(cursor)
        if indicator is not None:
            return indicator
    token = cursor.take()
    following, after = cursor.peek(), cursor.peek(1)
    if (
        following.text == "e"
        and cursor.adjacent()
        and after.kind in ("sign", "number")
        and after.start == following.end
    ):
        digits = cursor.peek(2) if after.kind == "sign" else after
        if digits.kind == "number" and "e" not in cursor.notation.kinds:
            raise unreadable(
                cursor.text, token.start, digits.end, "this number is ambiguous",
                hint=f"write a decimal, or {token.text} e^1 {after.text} {digits.text} for the number e",
            )  # fmt: skip
    value = Fraction(token.text)
    number = s.Number(token.start, token.end, value.numerator if value.denominator == 1 else value)
    if token.text == "1" and cursor.at("script", "_"):
        return indicator_below(cursor, token.start)
    return number


def _letter(cursor: Cursor, token: Token) -> s.Syntax:
    text = token.text
    kinds = cursor.notation.kinds
    if text == "d" and text not in kinds:
        slashed = parse_slashed(cursor)
        if slashed is not None:
            return slashed
    if text in _ONES and text not in kinds:
        ones = bold_indicator(cursor)
        if ones is not None:
            return ones
    if text == r"\mathbb{E}" and text not in kinds:
        cursor.take()
        return parse_mean(cursor, token.start)
    return _symbol(cursor, take_base(cursor))


def _command(cursor: Cursor, token: Token) -> s.Syntax:
    text = token.text
    if text in FRACTIONS:
        return parse_fraction(cursor)
    if text in BIG:
        cursor.take()
        return parse_big(cursor, BIG[text], token.start)
    if text == r"\arg":
        cursor.take()
        which = cursor.take()
        if which.text not in (r"\max", r"\min"):
            cursor.fail(r"\max or \min", token=which)
        return parse_big(cursor, "arg" + which.text[1:], token.start)
    if text == r"\nabla":
        return parse_nabla(cursor)
    if text == r"\partial":
        return _partial(cursor)
    if text == r"\sqrt":
        return parse_root(cursor)
    if text in (r"\underbrace", r"\overbrace", r"\underset", r"\overset", r"\boxed", r"\mathop", r"\mathrm"):
        return _decorated(cursor, text)
    if text in OUT_OF_SCOPE:
        cursor.fail("an expression", hint=f"{OUT_OF_SCOPE[text]} are out of scope")
    if (
        text in LETTER_COMMANDS
        or text in cursor.notation.bases
        or text[1:] in FUNCTION_WORDS
        or text[1:] in OPERATOR_WORDS
    ):
        return _symbol(cursor, cursor.take())
    if text in (r"\top", r"\infty", r"\emptyset"):
        cursor.fail("an expression")
    raise cursor.unknown_command(token)


def _partial(cursor: Cursor) -> s.Syntax:
    if cursor.peek(1).text == "_":
        return parse_nabla(cursor)
    slashed = parse_slashed(cursor)
    if slashed is None:
        cursor.fail(r"a derivative", hint=r"write \frac{\partial L}{\partial x}, \partial L/\partial x or \partial_x L")
    return slashed


def _decorated(cursor: Cursor, text: str) -> s.Syntax:
    r"""\underbrace{body}_{note}: the note is dropped."""
    start = cursor.take().start
    if text in (r"\underset", r"\overset"):
        cursor.argument()
    body = cursor.within(*cursor.argument(), cursor.grammar.expression)
    if text in (r"\underbrace", r"\overbrace") and cursor.at("script"):
        cursor.take()
        cursor.argument()
    return s.Group(start, cursor.last_end(), body)


def _symbol(cursor: Cursor, base: Token) -> s.Syntax:
    if (
        base.text in ("max", "min", "argmax", "argmin", "sum")
        and base.kind != "letter"
        and base.text not in cursor.notation.kinds
    ):
        return parse_big(cursor, base.text, base.start)
    symbol, scripts = parse_symbol(cursor, base)
    if symbol.kind in ("function", "operator"):
        call = parse_call(cursor, symbol, scripts, base.start)
        if call is not None:
            if symbol.indices:
                return _logarithm(cursor, symbol, call)
            return call
        result: s.Syntax = symbol
        if scripts.primes:
            result = s.Prime(base.start, symbol.end, symbol, scripts.primes)
        return result
    node: s.Syntax = symbol
    arguments = named_arguments(cursor, symbol) if symbol.kind in ("tensor", "unknown") and not scripts.after else None
    if arguments is not None:
        node = s.Named(base.start, cursor.last_end(), symbol, arguments)
    if scripts.primes:
        node = s.Prime(base.start, cursor.last_end(), node, scripts.primes)
    return _apply_scripts(cursor, node, scripts, scripts.subscript if scripts.transposed_first else None)


def _logarithm(cursor: Cursor, symbol: s.Symbol, call: s.Syntax) -> s.Syntax:
    r"""\log_2 x."""
    if symbol.name != "log" or len(symbol.indices) != 1:
        raise unreadable(
            cursor.text, symbol.start, symbol.end, f"a subscript on {symbol.base} has no meaning",
            hint="put it behind the argument, as in softmax(z)_i",
        )  # fmt: skip
    base = s.Call(symbol.start, symbol.end, "log", 0, symbol.indices, False)
    return s.Quotient(call.start, call.end, call, base)


def _apply_scripts(cursor: Cursor, node: s.Syntax, scripts: Scripts, below: tuple[int, int] | None = None) -> s.Syntax:
    """The transposes and powers that are left of the scripts.

    A subscript that is not yet taken comes after transposes and before powers: W^T_{ij}, (W x)^2_i.
    """
    for what, low, high in scripts.after:
        end = cursor.last_end()
        if what == "transpose":
            node = s.Transpose(node.start, end, node)
            continue
        if below is not None:
            node, below = _entry(cursor, node, below), None
        if what == "prime":
            node = s.Prime(node.start, end, node, 1)
        elif what == "elementwise":
            node = s.Power(node.start, end, node, cursor.within(low, high, cursor.grammar.expression), True)
        elif cursor.tokens[low].kind == "sign" and high - low == 2 and cursor.tokens[low + 1].text in TRANSPOSES:
            token = cursor.tokens[low]
            minus_one = s.Negate(token.start, token.end, s.Number(token.start, token.end, 1))
            node = s.Power(node.start, end, s.Transpose(node.start, end, node), minus_one)
        else:
            node = s.Power(node.start, end, node, cursor.within(low, high, cursor.grammar.expression))
    return node if below is None else _entry(cursor, node, below)


def _entry(cursor: Cursor, node: s.Syntax, below: tuple[int, int]) -> s.Syntax:
    if isinstance(node, s.Norm):
        low, high = below
        return s.Norm(node.start, cursor.last_end(), node.body, "".join(t.text for t in cursor.tokens[low:high]))
    return s.Entry(node.start, cursor.last_end(), node, cursor.within(*below, parse_positions))


def _postfix(cursor: Cursor, node: s.Syntax) -> s.Syntax:
    """Scripts behind something that is not a name, or that a name did not take."""
    while True:
        token = cursor.peek()
        if (
            token.kind == "bar"
            and token.text == "|"
            and not cursor.bars
            and cursor.peek(1).text == "_"
            and _relation_below(cursor)
        ):
            cursor.take()
            node = evaluation_bar(cursor, node.start, node)
        elif token.kind not in ("script", "prime"):
            return node
        else:
            scripts = read_scripts(cursor)
            if isinstance(node, s.Number):
                parentheses_as_power(cursor, scripts)
            if scripts.labels:
                label = scripts.labels[0][0]
                cursor.fail("a power or a transpose", token=token, hint=f"the label ^{{{label}}} must stand on a name")
            if scripts.primes:
                node = s.Prime(node.start, cursor.last_end(), node, scripts.primes)
            node = _apply_scripts(cursor, node, scripts, scripts.subscript)


def _relation_below(cursor: Cursor) -> bool:
    saved = cursor.position
    cursor.position += 2
    low, high = cursor.argument()
    cursor.position = saved
    return any(t.kind == "relation" for t in cursor.tokens[low:high])
