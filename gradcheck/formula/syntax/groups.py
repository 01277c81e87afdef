"""Parsing what is enclosed: parentheses, lists, indicators, bars, norms, evaluation bars, matrices, cases."""

from __future__ import annotations

from ..statement import RelationSign
from ..text.commands import DELIMITERS
from ..text.places import unreadable
from . import tree as s
from .cursor import Cursor

MAX_CELLS = 2_500
MATRICES = frozenset({"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"})


def parse_chain(cursor: Cursor) -> s.Syntax:
    """An expression, or a chain of them with relation signs between."""
    start = cursor.peek().start
    sides = [parse_item(cursor)]
    signs: list[RelationSign] = []
    while cursor.at("relation"):
        signs.append(cursor.take().text)  # type: ignore[arg-type]
        sides.append(parse_item(cursor))
    return s.Relation(start, cursor.last_end(), tuple(sides), tuple(signs)) if signs else sides[0]


def parse_item(cursor: Cursor) -> s.Syntax:
    """An expression, or dots that stand for left-out items."""
    if cursor.at("dots"):
        token = cursor.take()
        return s.Dots(token.start, token.end)
    return cursor.grammar.expression(cursor)


def parse_items(cursor: Cursor) -> list[s.Syntax]:
    """Chains separated by commas."""
    items = [parse_chain(cursor)]
    while cursor.at("symbol", ",") or cursor.at("symbol", ";"):
        cursor.take()
        items.append(parse_chain(cursor))
    return items


def parse_group(cursor: Cursor) -> s.Syntax:
    """Something between two delimiters."""
    opened = cursor.take()
    if opened.text == ".":
        return _evaluation(cursor, opened.start)
    saved = (cursor.narrow, cursor.bars)
    cursor.narrow, cursor.bars = False, 0
    cursor.enter()
    if opened.text in ("|", r"\|"):
        body = cursor.grammar.expression(cursor)
        _close(cursor, opened.start, opened.text)
        cursor.leave()
        cursor.narrow, cursor.bars = saved
        end = cursor.last_end()
        return s.Bars(opened.start, end, body) if opened.text == "|" else s.Norm(opened.start, end, body, "")
    if opened.text == r"\langle":
        return _inner(cursor, opened.start, saved)
    if cursor.peek().kind == "close":
        cursor.fail("something inside the brackets")
    items = parse_items(cursor)
    _close(cursor, opened.start, opened.text)
    cursor.leave()
    cursor.narrow, cursor.bars = saved
    return _grouped(opened.text, opened.start, cursor.last_end(), items)


def _grouped(bracket: str, start: int, end: int, items: list[s.Syntax]) -> s.Syntax:
    if bracket in (r"\lceil", r"\lfloor") and len(items) == 1 and not isinstance(items[0], s.Relation):
        return s.Rounded(start, end, items[0], bracket == r"\lceil")
    if any(isinstance(item, s.Relation) for item in items) and bracket != "(":
        return s.Indicator(start, end, tuple(items))
    if len(items) > 1:
        return s.Listing(start, end, tuple(items), bracket)
    return s.Group(start, end, items[0])


def _close(cursor: Cursor, start: int, bracket: str) -> None:
    token = cursor.peek()
    wanted = DELIMITERS.get(bracket, bracket)
    matches = token.kind == "close" and (token.text == wanted or token.text in ")]." or bracket in "([")
    if wanted in ("|", r"\|") and token.kind == "bar" and token.text == wanted:
        matches = True
    if not matches:
        cursor.fail(f"{wanted} or an operator")
    cursor.take()
    if token.text == ".":
        raise unreadable(cursor.text, start, token.end, f"{bracket} is never closed", expected=wanted)


def _inner(cursor: Cursor, start: int, saved: tuple[bool, int]) -> s.Syntax:
    left = cursor.grammar.expression(cursor)
    if not (cursor.at("symbol", ",") or cursor.at("bar", "|")):
        cursor.fail("a comma between the two sides of the inner product")
    cursor.take()
    right = cursor.grammar.expression(cursor)
    _close(cursor, start, r"\langle")
    cursor.leave()
    cursor.narrow, cursor.bars = saved
    return s.Inner(start, cursor.last_end(), left, right)


def _evaluation(cursor: Cursor, start: int) -> s.Syntax:
    r"""\left. body \right|_{conditions}."""
    cursor.enter()
    saved = (cursor.narrow, cursor.bars)
    cursor.narrow, cursor.bars = False, 0
    body = cursor.grammar.expression(cursor)
    if not cursor.at("close", "|"):
        cursor.fail(r"\right| after \left.")
    cursor.take()
    cursor.narrow, cursor.bars = saved
    cursor.leave()
    return evaluation_bar(cursor, start, body)


def evaluation_bar(cursor: Cursor, start: int, body: s.Syntax) -> s.Syntax:
    """The conditions below an evaluation bar that was just taken."""
    if not cursor.at("script", "_"):
        cursor.fail("the point of evaluation as a subscript", hint=r"write \right|_{x = 0}")
    cursor.take()
    conditions = cursor.within(*cursor.argument(), parse_items)
    return s.At(start, cursor.last_end(), body, tuple(conditions))


def parse_bars(cursor: Cursor) -> s.Syntax:
    """|x| and ‖x‖, also written ||x||."""
    opened = cursor.take()
    double = opened.text == r"\|"
    if not double and cursor.at("bar", "|") and cursor.adjacent():
        cursor.take()
        double = True
    cursor.enter()
    saved = cursor.narrow
    cursor.narrow = False
    cursor.bars += 1
    body = cursor.grammar.expression(cursor)
    cursor.bars -= 1
    cursor.narrow = saved
    cursor.leave()
    closing = cursor.peek()
    if closing.kind != "bar":
        raise unreadable(
            cursor.text, opened.start, opened.end, f"{opened.text} is never closed", expected=f"{opened.text} after it"
        )
    cursor.take()
    if double and closing.text == "|":
        if not cursor.at("bar", "|"):
            cursor.fail("a second | to close the norm")
        cursor.take()
    end = cursor.last_end()
    return s.Norm(opened.start, end, body, "") if double else s.Bars(opened.start, end, body)


def parse_environment(cursor: Cursor) -> s.Syntax:
    """A matrix or cases."""
    opened = cursor.peek()
    start = cursor.position
    stop = cursor.matching[start]
    cursor.position = start + 1
    if opened.text == "array" and cursor.at("{"):
        cursor.argument()
    if opened.text not in MATRICES and opened.text not in ("cases", "dcases", "rcases"):
        cursor.fail("a matrix or cases", token=opened)
    rows = _rows(cursor, cursor.position, stop)
    cursor.position = stop + 1
    end = cursor.last_end()
    if opened.text in MATRICES:
        if sum(map(len, rows)) > MAX_CELLS:
            raise unreadable(
                cursor.text, opened.start, end, "this matrix is too large", expected=f"at most {MAX_CELLS} cells"
            )
        cells = tuple(tuple(_cell(cursor, low, high) for low, high in row) for row in rows)
        matrix = s.Matrix(opened.start, end, cells)
        if opened.text == "Vmatrix":
            return s.Norm(opened.start, end, matrix, "")
        return s.Bars(opened.start, end, matrix) if opened.text == "vmatrix" else matrix
    return s.Cases(opened.start, end, tuple(_branch(cursor, row) for row in rows))


def _rows(cursor: Cursor, low: int, high: int) -> list[list[tuple[int, int]]]:
    r"""The cells of each row as token ranges; & and \\ count at this level only."""
    rows: list[list[tuple[int, int]]] = [[]]
    level, start = 0, low
    for place in range(low, high + 1):
        token = cursor.tokens[place]
        ends = place == high
        if not ends:
            level += {"{": 1, "begin": 1, "}": -1, "finish": -1}.get(token.kind, 0)
        if ends or (not level and token.kind == "symbol" and token.text in ("&", "\\\\")):
            rows[-1].append((start, place))
            start = place + 1
            if not ends and token.text == "\\\\":
                rows.append([])
    if len(rows) > 1 and all(a == b for a, b in rows[-1]):
        rows.pop()
    return rows


def _cell(cursor: Cursor, low: int, high: int) -> s.Syntax | None:
    return None if low == high else cursor.within(low, high, parse_item)


def _branch(cursor: Cursor, row: list[tuple[int, int]]) -> tuple[s.Syntax, s.Syntax | None]:
    (low, high), rest = row[0], row[1:]
    if low == high:
        cursor.position = low
        cursor.fail("a value")
    if not rest:
        value, condition = cursor.within(low, high, _worded_branch)
        return value, condition
    value = cursor.within(low, high, _value_and_comma)
    low, high = rest[0][0], rest[-1][1]
    return value, (None if low == high else cursor.within(low, high, parse_condition))


def _value_and_comma(cursor: Cursor) -> s.Syntax:
    value = cursor.grammar.expression(cursor)
    if cursor.at("symbol"):
        cursor.take()
    return value


def _worded_branch(cursor: Cursor) -> tuple[s.Syntax, s.Syntax | None]:
    value = _value_and_comma(cursor)
    return value, None if cursor.peek().kind == "end" else parse_condition(cursor)


def parse_condition(cursor: Cursor) -> s.Syntax | None:
    """A condition after "if"; None for "otherwise" or "else"."""
    conditions: list[s.Syntax] = []
    start = cursor.peek().start
    while cursor.peek().kind != "end":
        token = cursor.peek()
        if token.kind == "text" or token.kind == "word":
            cursor.take()
            if any(word in token.text.lower() for word in ("otherwise", "else")):
                return None
        elif token.kind == "symbol" or token.text in (r"\land", r"\wedge"):
            cursor.take()
        else:
            conditions.append(parse_chain(cursor))
    if not conditions:
        cursor.fail("a condition")
    return s.Indicator(start, cursor.last_end(), tuple(conditions))


def indicator_below(cursor: Cursor, start: int) -> s.Syntax:
    r"""1_{u > 0} and \mathbb{1}_{u > 0}."""
    cursor.take()
    low, high = cursor.argument()
    if cursor.tokens[low].text == r"\{" and cursor.tokens[high - 1].text == r"\}":
        low, high = low + 1, high - 1
    conditions = cursor.within(low, high, parse_items)
    return s.Indicator(start, cursor.last_end(), tuple(conditions))


def _unwrapped(node: s.Syntax) -> s.Syntax:
    while isinstance(node, s.Group):
        node = node.body
    return node


def bold_indicator(cursor: Cursor) -> s.Syntax | None:
    """An indicator written with a bold or blackboard one; None if it is the vector of ones."""
    following = cursor.peek(1)
    start = cursor.peek().start
    if following.kind == "open":
        stop = cursor.closing(cursor.position + 1)
        inside = cursor.tokens[cursor.position + 1 : stop]
        if any(t.kind == "relation" for t in inside):
            before = cursor.position
            cursor.take()
            group = parse_group(cursor)
            condition = _unwrapped(group)
            if isinstance(condition, s.Relation):
                return s.Indicator(start, group.end, (condition,))
            if isinstance(group, s.Indicator | s.Listing):
                return s.Indicator(start, group.end, group.conditions) if isinstance(group, s.Indicator) else group
            cursor.position = before  # the relation stands further in: 1 (\sum_{i=1}^n x_i) is a product
    if following.kind == "script" and following.text == "_":
        saved = cursor.position
        cursor.position += 2
        low, high = cursor.argument()
        relation = any(t.kind == "relation" for t in cursor.tokens[low:high])
        cursor.position = saved
        if relation:
            cursor.take()
            return indicator_below(cursor, start)
    return None
