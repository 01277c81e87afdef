"""Every error a user can meet: what happened, where, what was got and expected, and the next step."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Place:
    """Where something stands: a file, a line and a column (both from 1), and the source line itself.

    `column` and `end` mark the offending part of `text` (end exclusive, from 1). Any part may be unknown.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    end: int | None = None
    text: str | None = None

    def __str__(self) -> str:
        parts = [self.file or "<text>"]
        parts += [str(n) for n in (self.line, self.column) if n is not None]
        return ":".join(parts)


class GradcheckError(Exception):
    """Base of every error a user can meet.

    `what` is one sentence; `got` and `expected` are short phrases; `hint` says what to do next.

    >>> print(GradcheckError("unknown name", got="w_3", hint="declare it, or did you mean w_2?"))
    unknown name
       got w_3
       help: declare it, or did you mean w_2?
    """

    def __init__(
        self,
        what: str,
        *,
        place: Place | None = None,
        got: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.place = place
        self.got = got
        self.expected = expected
        self.hint = hint

    def at(self, file: str | None = None, line_offset: int = 0) -> GradcheckError:
        """The same error, its place moved into a file (`line_offset` lines further down)."""
        place = self.place or Place()
        line = place.line + line_offset if place.line is not None else None
        moved = replace(place, file=file or place.file, line=line)
        return type(self)(self.what, place=moved, got=self.got, expected=self.expected, hint=self.hint)

    def details(self) -> list[str]:
        """The lines below the headline: the marked source, got and expected, and the help."""
        lines: list[str] = []
        place = self.place
        if place and place.text is not None:
            lines.append("   " + place.text)
            if place.column is not None:
                width = max(1, (place.end or place.column + 1) - place.column)
                lines.append("   " + " " * (place.column - 1) + "^" * width)
        if self.got is not None:
            lines.append(f"   got {self.got}")
        if self.expected is not None:
            lines.append(f"   expected {self.expected}")
        if self.hint is not None:
            lines.append(f"   help: {self.hint}")
        return lines

    def __str__(self) -> str:
        head = f"{self.place}  error: {self.what}" if self.place else self.what
        return "\n".join([head, *self.details()])


class FormulaError(GradcheckError):
    """A formula could not be read, or its symbols, shapes or indices do not fit."""


class DeclarationError(GradcheckError):
    """A network or symbol declaration is wrong: a cycle, a clash of shapes, a duplicate name."""


class DocumentError(GradcheckError):
    """A document or another file could not be used as it is."""


class LayerError(GradcheckError):
    """A custom layer, or the shapes and strategies given for it, cannot be checked as they are."""


class IllFormedError(GradcheckError):
    """A formula was read, but its shapes or indices cannot match under the declared convention."""


def demand(
    value: object,
    kinds: type | tuple[type, ...],
    what: str,
    error: type[GradcheckError],
    *,
    expected: str,
    hint: str | None = None,
) -> None:
    """Raise `error` for a value of another type, before something inside stumbles over it. A bool is no number.

    >>> demand(5, str, "a formula", FormulaError, expected="a string of LaTeX")
    Traceback (most recent call last):
    gradcheck.errors.FormulaError: a formula of the wrong type
       got 5, which is int
       expected a string of LaTeX
    """
    allowed = kinds if isinstance(kinds, tuple) else (kinds,)
    if isinstance(value, allowed) and not (isinstance(value, bool) and bool not in allowed):
        return
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    raise error(
        f"{what} of the wrong type", got=f"{shown}, which is {type(value).__name__}", expected=expected, hint=hint
    )
