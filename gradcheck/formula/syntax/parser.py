"""From the text of a formula to its syntax tree.

A tokenizer and a precedence-climbing parser that ask the declared names wherever the notation of
mathematics is ambiguous. Nothing is evaluated, and no text is handed to any other parser.
"""

from __future__ import annotations

from ..notation import Notation
from ..readings import PLAIN, Reading
from ..statement import RelationSign
from ..text.places import unreadable
from ..text.repairs import repaired
from ..text.tokens import Token, tokenize
from . import tree as s
from .cursor import Cursor, Grammar
from .factors import parse_factor
from .groups import parse_chain, parse_item
from .lines import split_lines
from .terms import parse_expression, parse_product, parse_run

_GRAMMAR = Grammar(parse_expression, parse_product, parse_run, parse_factor)
_FILLERS = frozenset({r"\therefore", r"\because", r"\implies", r"\Rightarrow", r"\Leftrightarrow", r"\iff", r"\label"})
_DIRECTIONS: dict[str, RelationSign] = {"increase": "increases", "decrease": "decreases"}
_CLAUSE_WORDS = {
    "where": "where", "with": "where", "for": "for", "for all": "for", "if": "if", "when": "if", "whenever": "if",
    "provided": "if", "provided that": "if", "such that": "such that", "s.t.": "such that", "and": "and", "at": "at",
    "assuming": "if", "given": "if", "as": "if", "or": "or", "let": "where", "on": "if", "for each": "for",
    "for every": "for",
}  # fmt: skip


def parse(text: str, notation: Notation, reading: Reading = PLAIN) -> s.Formula:
    """The syntax tree of one formula.

    `reading` decides what the names cannot: how far operators, divisions and bare functions reach.
    Raises FormulaError with the place in the text where reading stopped.

    >>> tree = parse("x_3 = w_2 x_2", Notation(words=frozenset({"x_3", "w_2", "x_2"})))
    >>> tree.chain.signs
    ('=',)
    """
    lines = parse_lines(text, notation, reading)
    if len(lines) > 1:
        second = lines[1]
        raise unreadable(
            text, second.start, second.end, "this text holds several equations",
            expected="one", hint="put each into its own display",
        )  # fmt: skip
    return lines[0]


def parse_lines(text: str, notation: Notation, reading: Reading = PLAIN) -> tuple[s.Formula, ...]:
    """The syntax trees of all equations of a text: one, or several in an aligned block."""
    tokens = tokenize(text, notation.macros)
    tokens, repairs = repaired(text, tokens, notation)
    if len(tokens) == 1:
        raise unreadable(text, 0, 1, "found end of formula", expected="a formula")
    out: list[s.Formula] = []
    for line in split_lines(text, _split_digits(tokens)):
        cursor = Cursor(text, line, notation, _GRAMMAR, reading)
        out.append(_formula(cursor, repairs))
    return tuple(out)


def _split_digits(tokens: list[Token]) -> list[Token]:
    r"""Numbers behind ^, _, \sqrt and \frac are single digits there, as in \frac12."""
    if not any(t.kind == "number" and len(t.text) > 1 for t in tokens):
        return tokens
    out: list[Token] = []
    wanted = 0
    for token in tokens:
        if token.kind == "number" and wanted and len(token.text) > 1 and token.text.isdigit():
            cut = min(wanted, len(token.text))
            for k in range(cut):
                out.append(Token("number", token.text[k], token.start + k, token.start + k + 1))
            if token.text[cut:]:
                out.append(Token("number", token.text[cut:], token.start + cut, token.end))
            wanted = 0
            continue
        out.append(token)
        if token.kind == "script" or token.text == r"\sqrt":
            wanted = 1
        elif token.text in (r"\frac", r"\dfrac", r"\tfrac"):
            wanted = 2
        else:
            wanted = 1 if wanted == 2 and token.kind in ("number", "letter", "command") else 0
    return out


def _formula(cursor: Cursor, repairs: tuple[str, ...]) -> s.Formula:
    start = cursor.peek().start
    notes = dict.fromkeys(repairs)
    tag = _fillers(cursor)
    if cursor.at("command", r"\forall"):
        _leading_quantifier(cursor)
    continues: RelationSign | None = None
    if cursor.at("relation"):
        continues = cursor.take().text  # type: ignore[assignment]
        _doubled(cursor, notes)
    chain, trailing = _chain(cursor, notes)
    clauses: list[s.Clause] = []
    while cursor.peek().kind != "end":
        tag = _fillers(cursor) or tag
        before = cursor.position
        clause = _clause(cursor, clauses)
        if clause is not None:
            clauses.append(clause)
        elif cursor.position == before and cursor.peek().kind != "end":
            cursor.fail("an operator, a relation or the end of the formula")
    notes.update(cursor.aliased)
    return s.Formula(start, cursor.last_end(), chain, tuple(clauses), continues, trailing, tag, tuple(notes))


def _leading_quantifier(cursor: Cursor) -> None:
    r"""Step over \forall i, j in front of a formula: free indices take all values anyway."""
    cursor.take()
    while True:
        if not cursor.at("letter"):
            cursor.fail("an index")
        cursor.take()
        if not cursor.at("symbol", ","):
            break
        cursor.take()
        if not cursor.at("letter"):
            return
    if cursor.at("symbol", ":"):
        cursor.take()


def _fillers(cursor: Cursor) -> str | None:
    r"""Step over signs that carry no meaning here; the \tag, if there is one."""
    tag: str | None = None
    while True:
        token = cursor.peek()
        if token.kind == "command" and token.text in (r"\tag", r"\label"):
            cursor.take()
            low, high = cursor.argument()
            if token.text == r"\tag":
                tag = "".join(t.text for t in cursor.tokens[low:high])
        elif token.kind == "command" and token.text in _FILLERS:
            cursor.take()
        else:
            return tag


def _doubled(cursor: Cursor, notes: dict[str, None]) -> None:
    while cursor.at("relation", "="):
        cursor.take()
        notes["repair: read `= =` as `=`"] = None


def _chain(cursor: Cursor, notes: dict[str, None]) -> tuple[s.Relation, RelationSign | None]:
    """Sides and the relations between them; the sign at the end if nothing follows it."""
    start = cursor.peek().start
    sides = [_side(cursor)]
    signs: list[RelationSign] = []
    trailing: RelationSign | None = None
    while True:
        token = cursor.peek()
        if token.kind == "relation":
            cursor.take()
            _doubled(cursor, notes)
            if token.text == "=" and cursor.peek().kind == "end":
                trailing = token.text  # type: ignore[assignment]
                break
            signs.append(token.text)  # type: ignore[arg-type]
            sides.append(_side(cursor))
            continue
        direction = _direction(token)
        if direction is not None and not signs:
            cursor.take()
            signs.append(direction)
        break
    return s.Relation(start, cursor.last_end(), tuple(sides), tuple(signs)), trailing


def _direction(token: Token) -> RelationSign | None:
    if token.kind != "text":
        return None
    words = token.text.lower()
    return next((sign for stem, sign in _DIRECTIONS.items() if stem in words), None)


def _side(cursor: Cursor) -> s.Syntax:
    """One side; items with dots between them, 1, …, n, are one side too."""
    side = parse_item(cursor)
    if not cursor.at("symbol", ",") or not (isinstance(side, s.Dots) or _dots_follow(cursor)):
        return side
    items = [side]
    while cursor.at("symbol", ",") and cursor.peek(1).kind != "end":
        cursor.take()
        items.append(parse_item(cursor))
    return s.Listing(side.start, cursor.last_end(), tuple(items), "")


def _dots_follow(cursor: Cursor) -> bool:
    """Whether dots stand further on in this list, before any relation or words."""
    level = 0
    for place in range(cursor.position, cursor.limit):
        token = cursor.tokens[place]
        level += {"open": 1, "{": 1, "close": -1, "}": -1}.get(token.kind, 0)
        if not level:
            if token.kind == "dots":
                return True
            if token.kind in ("relation", "text"):
                return False
    return False


def _clause(cursor: Cursor, before: list[s.Clause]) -> s.Clause | None:
    """What follows the formula: a condition, a definition, a range."""
    token = cursor.peek()
    word = ","
    if token.kind == "symbol" and token.text in ",;.":
        cursor.take()
        token = cursor.peek()
    while token.kind == "text":
        known = _CLAUSE_WORDS.get(token.text.lower().strip(" ,.:"))
        word = known or word
        cursor.take()
        token = cursor.peek()
    if token.kind == "command" and token.text == r"\forall":
        cursor.take()
        word = "for"
        token = cursor.peek()
    if token.kind in ("end", "command") and (token.kind == "end" or token.text in _FILLERS or token.text == r"\tag"):
        return None
    if token.kind == "symbol":
        return None
    if word == "and" and before:
        word = before[-1].word
    start = token.start
    body = _listed(cursor)
    return s.Clause(start, cursor.last_end(), word, body)


def _listed(cursor: Cursor) -> s.Syntax:
    """A chain; names separated by commas before one, i, j = 1, …, n, are one side of it."""
    start = cursor.peek().start
    sides = [_side(cursor)]
    signs: list[RelationSign] = []
    if not cursor.at("relation") and cursor.at("symbol", ","):
        return _names(cursor, sides[0])
    while cursor.at("relation"):
        signs.append(cursor.take().text)  # type: ignore[arg-type]
        sides.append(_side(cursor))
    return s.Relation(start, cursor.last_end(), tuple(sides), tuple(signs)) if signs else sides[0]


def _names(cursor: Cursor, first: s.Syntax) -> s.Syntax:
    items = [first]
    while cursor.at("symbol", ",") and cursor.peek(1).kind == "letter":
        cursor.take()
        items.append(parse_chain(cursor))
    if len(items) == 1:
        return first
    last = items[-1]
    if isinstance(last, s.Relation):
        names = s.Listing(first.start, last.sides[0].end, (*items[:-1], last.sides[0]), "")
        return s.Relation(first.start, last.end, (names, *last.sides[1:]), last.signs)
    return s.Listing(first.start, last.end, tuple(items), "")
