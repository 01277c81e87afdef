"""From the text of a formula to tokens: letters, numbers, commands, words, delimiters.

LaTeX and plain text are read alike. Letters stay single; which runs of them are one name is decided
by the declared names, in the parser. Offsets always point into the text as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import FormulaError
from .decorations import plain
from .places import unreadable
from .scanning import Token as Token
from .scanning import scan

MAX_LENGTH = 20_000
MAX_TOKENS = 20_000


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
    tokens = plain(tokens)
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


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
