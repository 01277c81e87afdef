"""From the text of a formula to tokens: letters, numbers, commands, words, delimiters.

LaTeX and plain text are read alike. Letters stay single; which runs of them are one name is decided
by the declared names, in the parser. Offsets always point into the text as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import FormulaError
from .commands import ALIGNED
from .places import unreadable
from .scanning import Token as Token
from .scanning import scan

MAX_LENGTH = 20_000
MAX_TOKENS = 20_000
_LEVELS = {"{": 1, "begin": 1, "open": 1, "}": -1, "finish": -1, "close": -1}
_JOINTS = frozenset({"relation", "sign", "times", "symbol", "text"})
_BOXES = (r"\boxed", r"\fbox", r"\bbox")


def tokenize(text: str, macros: Mapping[str, str] | None = None) -> list[Token]:
    r"""The tokens of a formula, an "end" token last.

    Raises FormulaError for text that is too long, a character that has no meaning, and braces or
    environments that do not match.

    >>> [t.text for t in tokenize(r"\frac12 W_{u,v}")]
    ['\\frac', '12', 'W', '_', '{', 'u', ',', 'v', '}', '']
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            "this formula is too long",
            got=f"{len(text)} characters",
            expected=f"at most {MAX_LENGTH}",
            hint="split it into several formulas",
        )
    tokens = scan(text)
    if macros:
        tokens = _expand(text, tokens, macros)
    tokens = _parted(_unboxed(tokens))
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _unboxed(tokens: list[Token]) -> list[Token]:
    """The tokens without boxes around whole equations; a box around one side is a decoration of that side."""
    out = list(tokens)
    for at in [n for n, t in enumerate(tokens) if t.kind == "command" and t.text in _BOXES]:
        level, equation = 0, False
        for end in range(at + 1, len(tokens)):
            level += {"{": 1, "}": -1}.get(tokens[end].kind, 0)
            equation |= level == 1 and tokens[end].kind == "relation"
            if level <= 0:
                break
        else:
            continue
        if equation:
            for n in (at, at + 1, end):
                out[n] = out[n]._replace(kind="gone")
    return [t for t in out if t.kind != "gone"]


def _parted(tokens: list[Token]) -> list[Token]:
    r"""The tokens without wide spaces; one between two relations is a comma, as in a = b \quad c = d."""
    if not any(t.kind == "gap" for t in tokens):
        return tokens
    outside, level = [], 0
    for token in tokens:
        if token.text not in ALIGNED:
            level += _LEVELS.get(token.kind, 0)
        outside.append(level == 0)
    out: list[Token] = []
    for at, token in enumerate(tokens):
        if token.kind != "gap":
            out.append(token)
        elif outside[at] and out and out[-1].kind not in _JOINTS and _is_relation(tokens, outside, at):
            out.append(Token("symbol", ",", token.start, token.end))
    return out


def _is_relation(tokens: list[Token], outside: list[bool], gap: int) -> bool:
    """Whether a relation stands on this line before a wide space, and one behind it with something between them."""
    line = next((n + 1 for n in range(gap, -1, -1) if outside[n] and tokens[n].text == "\\\\"), 0)
    before = any(outside[n] and tokens[n].kind == "relation" for n in range(line, gap))
    for n in range(gap + 1, len(tokens)):
        token = tokens[n]
        if token.kind == "gap" or not outside[n]:
            continue
        if token.kind == "relation":
            return before and n > gap + 1
        if token.kind == "text" or token.text in (",", ";", "\\\\"):
            return False
    return False


def _expand(text: str, tokens: list[Token], macros: Mapping[str, str]) -> list[Token]:
    """Replace macros by their bodies; the tokens of a body take the place of the call."""
    bodies = {name if name.startswith("\\") else "\\" + name: body for name, body in macros.items()}
    out: list[Token] = []
    todo = [(t, 0) for t in reversed(tokens)]
    while todo:
        token, depth = todo.pop()
        body = bodies.get(token.text) if token.kind == "command" else None
        if body is None:
            out.append(token)
            continue
        if depth > 20 or len(todo) + len(out) > MAX_TOKENS:
            raise unreadable(text, token.start, token.end, f"the macro {token.text} expands without end")
        arguments: dict[str, list[Token]] = {}
        for number in range(1, 10):
            if f"#{number}" not in body:
                break
            arguments[str(number)] = _argument(text, token, todo)
        pieces = _fill(scan(body), arguments, token)
        todo.extend((piece, depth + 1) for piece in reversed(pieces))
    return out


def _argument(text: str, call: Token, todo: list[tuple[Token, int]]) -> list[Token]:
    if not todo:
        raise unreadable(text, call.start, call.end, f"the macro {call.text} lacks an argument")
    first, _ = todo.pop()
    if first.kind != "{":
        return [first]
    taken: list[Token] = []
    level = 1
    while todo:
        token, _ = todo.pop()
        level += {"{": 1, "}": -1}.get(token.kind, 0)
        if not level:
            return taken
        taken.append(token)
    raise unreadable(text, first.start, first.end, "this brace is never closed")


def _fill(body: list[Token], arguments: Mapping[str, list[Token]], call: Token) -> list[Token]:
    out: list[Token] = []
    skip = False
    for token, following in zip(body, [*body[1:], None], strict=True):
        if skip:
            skip = False
            continue
        if token.text == "#" and following is not None and following.text[:1] in arguments:
            out.extend(arguments[following.text[:1]])
            rest = following.text[1:]
            if rest:
                out.append(Token("number", rest, call.start, call.end))
            skip = True
        else:
            out.append(token._replace(start=call.start, end=call.end))
    return out
