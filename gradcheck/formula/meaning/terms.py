"""What a piece of a formula means while it is being read: an entry, its axes, its orientation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ...algebra.expressions import Expr, fresh_binders, substitute
from ...algebra.index import Index

Side = Literal["column", "row"]


class Turn:
    """Whether a vector stands upright or lies down, as far as it is known.

    Turns that must agree (or be opposite) are linked, so that one use decides the others. `usual` is
    what it is where nothing decides, a column unless said otherwise. x - y^T mixes rows and columns where
    both are usually the same, and so does W x - y^T: a transposed one is not what it is usually not.
    """

    __slots__ = ("flip", "known", "parent", "usual")

    def __init__(self, known: Side | None = None, usual: Side | None = None) -> None:
        self.parent: Turn | None = None
        self.flip = False
        self.known = known
        self.usual = usual

    def root(self) -> tuple[Turn, bool]:
        """The turn that this one is linked to, and whether they are opposite."""
        turn, flip = self, False
        while turn.parent is not None:
            flip ^= turn.flip
            turn = turn.parent
        return turn, flip

    def side(self) -> Side | None:
        """Column or row, if decided."""
        root, flip = self.root()
        return root.known if root.known is None or not flip else opposite(root.known)

    def decide(self, side: Side) -> bool:
        """Make it this; False if it is known to be the other."""
        root, flip = self.root()
        wanted = opposite(side) if flip else side
        if root.known is None:
            root.known = wanted
        return root.known == wanted

    def link(self, other: Turn, flipped: bool = False) -> bool:
        """Make both agree (or, flipped, be opposite); False if they are known not to."""
        mine, my_flip = self.root()
        theirs, their_flip = other.root()
        flip = my_flip ^ their_flip ^ flipped
        if mine is theirs:
            return not flip
        if theirs.known is not None:
            mine, theirs, their_flip = theirs, mine, my_flip
        if theirs.known is not None:
            return (mine.known == theirs.known) ^ flip
        wanted = mine.usual if mine.known is None else mine.known if their_flip else None
        if wanted and theirs.usual and (wanted == theirs.usual) == flip:
            return False
        theirs.parent, theirs.flip = mine, flip
        return True

    def flipped(self) -> Turn:
        """The turn of the transpose."""
        turn = Turn()
        turn.parent, turn.flip = self, True
        return turn


def opposite(side: Side) -> Side:
    """The other side."""
    return "row" if side == "column" else "column"


@dataclass(frozen=True)
class Term:
    """A read piece: `expr` is its entry at `axes`.

    turn: of a vector. plain: a number as written, which may stand for an array of that number.
    body_axes: for a derivative of an array, how many of the axes are the array's own, from the end in
    denominator layout and from the beginning otherwise; 0 elsewhere. stacked: its axes come in pairs,
    as those of vec(A) do. start, end: its span.
    """

    expr: Expr
    axes: tuple[Index, ...] = ()
    turn: Turn | None = None
    plain: bool = False
    body_axes: int = 0
    numerator: bool = False
    stacked: bool = False
    start: int = 0
    end: int = 0

    def at(self, start: int, end: int) -> Term:
        """The same term with its span (`replace` takes ten times as long, and every node comes here)."""
        return Term(
            self.expr, self.axes, self.turn, self.plain, self.body_axes, self.numerator, self.stacked, start, end
        )  # fmt: skip

    def with_expr(self, expr: Expr) -> Term:
        """The same shape around another entry."""
        return replace(self, expr=expr, plain=False)


def copied(term: Term) -> Term:
    """The same term over fresh axes and fresh bound indices, to be used a second time."""
    fresh = {axis: axis.fresh() for axis in term.axes}
    return replace(term, expr=substitute(fresh_binders(term.expr), dict(fresh)), axes=tuple(fresh.values()))


def onto(term: Term, axes: tuple[Index, ...]) -> Expr:
    """The entry of `term` written at the axes of another term of the same shape."""
    return substitute(term.expr, {mine: axis for mine, axis in zip(term.axes, axes, strict=True) if mine is not axis})


def shape(term: Term) -> str:
    """The shape in words: "a scalar", "a column of n", "n × m"."""
    if not term.axes:
        return "a scalar"
    if term.stacked:
        pairs = [f"{a.dim}·{b.dim}" for a, b in zip(term.axes[::2], term.axes[1::2], strict=True)]
        return "stacked " + " × ".join(pairs)
    if len(term.axes) == 1:
        side = term.turn.side() if term.turn else None
        return f"a {side or 'vector'} of {term.axes[0].dim}"
    return " × ".join(str(axis.dim) for axis in term.axes)
