"""Parsing sums and products: who binds tighter than whom.

An expression is a sum of terms; a term is factors with explicit signs between them; between two of
those signs stands a run of factors written next to each other, with / inside the run. So W^T δ ⊙ f'(z)
is (W^T δ) ⊙ f'(z), and 1/2 x is (1/2) x.
"""

from __future__ import annotations

from ..text.commands import FUNCTION_WORDS, OPERATOR_WORDS, OUT_OF_SCOPE
from ..text.places import unreadable
from . import tree as s
from .cursor import Cursor
from .derivatives import begins_derivative

_STARTS = frozenset({"letter", "number", "word", "open", "command", "begin", "{", "dots"})
_NOT_FACTORS = frozenset(
    {
        r"\forall", r"\tag", r"\therefore", r"\because", r"\implies", r"\Rightarrow", r"\label", r"\Leftrightarrow",
        r"\iff", r"\to", r"\rightarrow", r"\mid", r"\colon", r"\land", r"\wedge",
    }
)  # fmt: skip


def parse_expression(cursor: Cursor) -> s.Syntax:
    """Terms joined by + and -."""
    cursor.enter()
    token = cursor.peek()
    terms: list[s.Syntax] = []
    terms.append(_signed(cursor))
    while cursor.at("sign"):
        terms.append(_signed(cursor))
    cursor.leave()
    if len(terms) == 1:
        return terms[0]
    return s.Add(token.start, cursor.last_end(), tuple(terms))


def _signed(cursor: Cursor) -> s.Syntax:
    start = cursor.peek().start
    negative = False
    while cursor.at("sign"):
        negative ^= cursor.take().text == "-"
    term = parse_product(cursor)
    return s.Negate(start, term.end, term) if negative else term


def parse_product(cursor: Cursor) -> s.Syntax:
    """Runs of factors joined by explicit product signs."""
    start = cursor.peek().start
    factors = [parse_run(cursor)]
    signs: list[str] = []
    while True:
        token = cursor.peek()
        if token.kind != "times":
            break
        if cursor.narrow and cursor.reading.scope != "wide":
            break
        cursor.take()
        signs.append(token.text)
        if cursor.at("sign"):
            minus = cursor.take()
            body = parse_run(cursor)
            factors.append(s.Negate(minus.start, body.end, body) if minus.text == "-" else body)
        else:
            factors.append(parse_run(cursor))
    if not signs:
        return factors[0]
    return s.Product(start, cursor.last_end(), tuple(factors), tuple(signs))


def parse_run(cursor: Cursor) -> s.Syntax:
    """Factors next to each other, and divisions by a single factor."""
    start = cursor.peek().start
    factors = [cursor.grammar.factor(cursor)]
    signs: list[str] = []
    while True:
        if cursor.at("times", "/"):
            cursor.take()
            signs.append("/")
            factors.append(_divisor(cursor))
            continue
        if starts_factor(cursor):
            if cursor.narrow and (cursor.reading.scope == "first" or begins_derivative(cursor)):
                break
            if isinstance(factors[-1], s.Number) and cursor.at("number"):
                cursor.fail("a sign between two numbers", hint="write 2 \\cdot 3, or the number without a space")
            signs.append("")
        else:
            break
        factors.append(cursor.grammar.factor(cursor))
    if not signs:
        return factors[0]
    return s.Product(start, cursor.last_end(), tuple(factors), tuple(signs))


def names_something(cursor: Cursor) -> bool:
    """Whether the words at the cursor are a declared name, or a built-in function about to be applied."""
    word = cursor.peek().text
    if word in cursor.notation.bases:
        return True
    return (word in FUNCTION_WORDS or word in OPERATOR_WORDS) and cursor.peek(1).kind in ("open", "script", "prime")


def _divisor(cursor: Cursor) -> s.Syntax:
    """What stands behind /: one factor, or where the reading says so all that are next to each other."""
    first = cursor.grammar.factor(cursor)
    factors = [first]
    while cursor.reading.division == "run" and starts_factor(cursor):
        factors.append(cursor.grammar.factor(cursor))
    if len(factors) == 1:
        return first
    return s.Product(first.start, cursor.last_end(), tuple(factors), ("",) * (len(factors) - 1))


def starts_factor(cursor: Cursor) -> bool:
    """Whether the token at the cursor can begin another factor of the same product."""
    token = cursor.peek()
    kind = token.kind
    if kind == "command":
        if token.text in OUT_OF_SCOPE:
            raise unreadable(
                cursor.text, token.start, token.end, f"{OUT_OF_SCOPE[token.text]} are out of scope for formulas"
            )
        return token.text not in _NOT_FACTORS
    if kind == "open":
        return token.text != "."
    if kind == "bar":
        return not cursor.bars
    if kind == "text":
        return names_something(cursor)
    return kind in _STARTS and kind != "dots"
