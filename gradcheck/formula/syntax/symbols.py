"""Parsing names: a letter or word, its scripts, and which of them belong to the name.

The declared names decide: x_3 is a name where x_3 is declared, and the third entry of x where x is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..names import flat, join
from ..text.commands import FUNCTION_WORDS, OPERATOR_WORDS
from ..text.tokens import Token
from . import tree as s
from .cursor import Cursor

MAX_PRIMES = 4
MOST_LETTERS = 24
TRANSPOSES = frozenset({"T", r"\top", r"\intercal"})


@dataclass
class Scripts:
    """The scripts behind a base, in token ranges.

    subscript: the range below. labels: texts of the superscripts in brackets or parentheses, with the
    token range inside parentheses (None for brackets); spans: their token ranges with these.
    after: what is left, in order: transposes and powers.
    transposed_first: a transpose stands before the subscript, as in W^T_{ij}.
    """

    subscript: tuple[int, int] | None = None
    labels: list[tuple[str, tuple[int, int] | None]] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    after: list[tuple[str, int, int]] = field(default_factory=list)
    primes: int = 0
    transposed_first: bool = False


def read_scripts(cursor: Cursor) -> Scripts:
    """Step over all scripts and primes at the cursor."""
    scripts = Scripts()
    while True:
        token = cursor.peek()
        if token.kind == "prime":
            cursor.take()
            if scripts.after:
                scripts.after.append(("prime", token.start, token.end))
            else:
                scripts.primes += 1
            if scripts.primes > MAX_PRIMES or len(scripts.after) > MAX_PRIMES:
                cursor.fail(f"at most {MAX_PRIMES} primes", token=token)
        elif token.kind == "script" and token.text == "_":
            if scripts.subscript is not None:
                cursor.fail("one subscript", hint="put both into one pair of braces")
            cursor.take()
            scripts.subscript = cursor.argument()
            scripts.transposed_first = bool(scripts.after) and scripts.after[0][0] == "transpose"
        elif token.kind == "script":
            if any(what != "transpose" for what, _, _ in scripts.after):
                cursor.fail("one exponent", hint="use braces: x^{a^b} or (x^a)^b")
            cursor.take()
            low, high = cursor.argument()
            _superscript(cursor, low, high, scripts)
        else:
            return scripts


def _superscript(cursor: Cursor, low: int, high: int, scripts: Scripts) -> None:
    """Sort one superscript group into labels, transposes, primes and powers."""
    tokens = cursor.tokens
    place = low
    while place < high:
        token = tokens[place]
        following = tokens[place + 1] if place + 1 < high else None
        if token.kind == "open" and token.text in "[(":
            stop = _close(cursor, place, high)
            if stop is not None and (
                not _continues(tokens, stop + 1, high) or _sample_and_power(cursor, place, stop, high)
            ):
                inside = None if token.text == "[" else (place + 1, stop)
                scripts.labels.append((flat(tokens[place : stop + 1]), inside))
                scripts.spans.append((place, stop + 1))
                place = stop + 1
                continue
        if token.text in TRANSPOSES and (following is None or following.text in ("^", ",", "(", "[")):
            scripts.after.append(("transpose", place, place + 1))
            place += 1
        elif token.kind == "prime":
            scripts.primes += 1
            place += 1
        elif token.kind == "script" and token.text == "^" and place > low:
            place += 1
            if place < high and tokens[place].kind == "{":
                _superscript(cursor, place + 1, cursor.matching[place], scripts)
                place = cursor.matching[place] + 1
        elif token.kind == "symbol" and token.text == ",":
            place += 1
        elif following is None and (token.text in ("*", "+", "-", r"\star", r"\dagger")):
            scripts.labels.append((token.text, None))
            place += 1
        elif token.kind == "times" and token.text == "odot" and place == low:
            scripts.after.append(("elementwise", place + 1, high))
            return
        else:
            scripts.after.append(("power", place, high))
            return


def _close(cursor: Cursor, start: int, high: int) -> int | None:
    level = 0
    for place in range(start, high):
        kind = cursor.tokens[place].kind
        level += {"open": 1, "close": -1}.get(kind, 0)
        if kind == "close" and not level:
            return place
    return None


def _sample_and_power(cursor: Cursor, start: int, stop: int, high: int) -> bool:
    """Whether this is a sample's index with a plain power behind it, as in a^{(i) 2}."""
    inside = cursor.tokens[start + 1 : stop]
    alone = len(inside) == 1 and inside[0].text in cursor.notation.indices and stop + 2 == high
    return alone and cursor.tokens[stop + 1].kind == "number"


def _continues(tokens: list[Token], place: int, high: int) -> bool:
    """Whether arithmetic follows, as in e^{(a+b)^2}, so that the parentheses were part of an exponent and no label."""
    if place >= high:
        return False
    token = tokens[place]
    if token.kind == "script":
        inner = place + 2 if place + 1 < high and tokens[place + 1].kind == "{" else place + 1
        return inner >= high or tokens[inner].text not in TRANSPOSES
    return token.kind not in ("open", "prime") and token.text not in (*TRANSPOSES, ",", r"\star", r"\dagger")


def take_base(cursor: Cursor) -> Token:
    """The letter, command or longest known word at the cursor."""
    token = cursor.take()
    if token.kind != "letter" or len(token.text) > 1:
        return token
    run, most = token.text, max(MOST_LETTERS, cursor.notation.longest)
    while len(run) < most and cursor.at("letter") and cursor.adjacent() and len(cursor.peek().text) == 1:
        run += cursor.take().text
    if len(run) == 1:
        return token
    used = _known_prefix(cursor, run)
    cursor.position -= len(run) - used
    return Token("letter" if used == 1 else "word", run[:used], token.start, token.start + used)


def _known_prefix(cursor: Cursor, run: str) -> int:
    """How many letters of a run make one name: the longest declared word, or a built-in word alone."""
    words = cursor.notation.long_words
    if words:
        for length in range(len(run), 1, -1):
            if run[:length] in words:
                return length
    if run in FUNCTION_WORDS or run in OPERATOR_WORDS:
        following = cursor.peek()
        applied = (
            following.kind in ("open", "script", "bar", "begin", "prime")
            or not following.kind
            or following.kind == "command"
        )
        if applied or any(letter not in cursor.notation.bases for letter in run):
            return len(run)
    if len(run) > 2 and cursor.at("{"):
        start = cursor.peek().start - len(run)
        cursor.fail(
            "a known command",
            hint="a command needs its backslash; a name of several letters must be declared",
            token=Token("letter", run, start, start + len(run)),
        )
    return 1


def parse_symbol(cursor: Cursor, base: Token) -> tuple[s.Symbol, Scripts]:
    """The symbol that this base and the scripts behind it make; what is left of the scripts."""
    scripts = read_scripts(cursor)
    end = cursor.last_end()
    if base.text == "e" and "e" not in cursor.notation.bases:
        parentheses_as_power(cursor, scripts)
    name, kind, labels, begin = _resolve(cursor, base.text, scripts)
    if name in cursor.notation.aliases:
        meant = cursor.notation.aliases[name]
        cursor.aliased[f"{name} is read as {meant}, as declared"] = None
        name = meant
    text = subscript_text(cursor, scripts)
    indices: tuple[s.Syntax, ...] = ()
    if scripts.subscript is not None and begin < scripts.subscript[1] and not scripts.transposed_first:
        indices = cursor.within(begin, scripts.subscript[1], parse_positions)
    inside = [(t, r) for t, r in scripts.labels[labels:] if r is not None]
    samples = tuple(cursor.within(low, high, parse_position) for _, (low, high) in inside)
    symbol = s.Symbol(
        base.start,
        end,
        name,
        kind,
        base.text,
        tuple(t for t, _ in scripts.labels[:labels]),
        text,
        indices,
        samples,
        tuple(t for t, _ in inside),
    )
    return symbol, scripts


def parentheses_as_power(cursor: Cursor, scripts: Scripts) -> None:
    """Make a power of superscripts in parentheses or brackets, as in e^{(x)}, unless they hold a declared index."""
    if len(scripts.spans) != len(scripts.labels) or not scripts.spans:
        return
    if scripts.after or scripts.primes or scripts.subscript:
        return
    if any(text[1:-1] in cursor.notation.indices for text, _ in scripts.labels):
        return
    scripts.after.append(("power", scripts.spans[0][0], scripts.spans[-1][1]))
    scripts.labels.clear()


def subscript_text(cursor: Cursor, scripts: Scripts) -> str | None:
    """The text of the subscript, without spaces."""
    if scripts.subscript is None:
        return None
    low, high = scripts.subscript
    return flat(cursor.tokens[low:high])


def _resolve(cursor: Cursor, base: str, scripts: Scripts) -> tuple[str, s.SymbolKind, int, int]:
    """The declared name that uses most of the scripts.

    Its name, its kind, how many labels belong to it, and at which token of the subscript the positions begin.
    """
    low, high = scripts.subscript or (0, 0)
    kinds = cursor.notation.kinds
    text = subscript_text(cursor, scripts)
    labels = [t for t, _ in scripts.labels]
    fixed = max((k + 1 for k, (_, inside) in enumerate(scripts.labels) if inside is None), default=0)
    powers = [a for a in scripts.after if a[0] in ("power", "transpose")]
    for letters in (base, _plain_letter(base)):
        if letters is None:
            continue
        if len(powers) == 1 and not scripts.primes:
            power = powers[0]
            label = flat(cursor.tokens[power[1] : power[2]])
            for below in (text, None) if text else (None,):
                name = join(letters, below, [*labels, label])
                if name in kinds:
                    scripts.after.remove(power)
                    scripts.labels.append((label, None))
                    return name, kinds[name], len(labels) + 1, high if below is not None else low
        for primes in {scripts.primes, 0}:
            for count in range(len(labels), fixed - 1, -1):
                for below in (text, None) if text else (None,):
                    name = join(letters, below, labels[:count], primes)
                    if name in kinds:
                        scripts.primes -= primes
                        return name, kinds[name], count, high if below is not None else low
        for begin, below in _heads(cursor, low, high):
            name = join(letters, below, labels[:fixed], scripts.primes)
            entry = cursor.notation.entries.get(name)
            if entry is not None and entry.tensor.dims:
                scripts.primes = 0
                return name, kinds[name], fixed, begin
    if (
        base in FUNCTION_WORDS or base in OPERATOR_WORDS or base.lstrip("\\") in (*FUNCTION_WORDS, *OPERATOR_WORDS)
    ) and not fixed:
        word = base.lstrip("\\")
        if base not in (r"\Phi", r"\phi") or scripts.primes or cursor.at("open", "("):
            return FUNCTION_WORDS.get(word) or OPERATOR_WORDS[word], "operator", 0, low
    return join(base, None, labels[:fixed]), "unknown", fixed, low


def _heads(cursor: Cursor, low: int, high: int) -> Iterator[tuple[int, str]]:
    """What of a subscript may belong to the name, and where the rest begins: the 2 of W_{2,jk} and of W_{2jk}."""
    if high - low > 1 and cursor.tokens[low].kind in ("number", "letter", "word", "command"):
        comma = cursor.tokens[low + 1].text == ","
        if comma or cursor.tokens[low].kind == "number":
            yield low + 1 + comma, flat(cursor.tokens[low : low + 1])


def _plain_letter(base: str) -> str | None:
    """The letter inside a calligraphic one, for a declaration that wrote it plainly."""
    return base[-2] if base.startswith((r"\mathcal{", r"\mathscr{", r"\mathfrak{")) else None


def parse_positions(cursor: Cursor) -> tuple[s.Syntax, ...]:
    """What stands in a subscript, separated by commas."""
    items = [parse_position(cursor)]
    while True:
        if cursor.at("symbol", ","):
            cursor.take()
        elif not (cursor.at("symbol", ":") or (isinstance(items[-1], s.Colon) and cursor.peek().kind != "end")):
            return tuple(items)
        items.append(parse_position(cursor))


def parse_position(cursor: Cursor) -> s.Syntax:
    """One position: an expression, a slice, or words."""
    token = cursor.peek()
    if token.kind == "symbol" and token.text == ":":
        cursor.take()
        return s.Colon(token.start, token.end)
    if token.kind == "text":
        cursor.take()
        return s.Prose(token.start, token.end, token.text)
    if token.kind == "times" and token.text in ("*", "cdot"):
        cursor.take()
        return s.Colon(token.start, token.end)
    return cursor.grammar.expression(cursor)
