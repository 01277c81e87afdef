"""The meaning of products: by scalars, of matrices and vectors, inner and outer, entry by entry."""

from __future__ import annotations

from dataclasses import replace

from ...algebra import expressions as e
from ...algebra.index import Index
from ..syntax import tree as s
from .elaborate import divided, elaborate, matched, read
from .reader import Reader
from .stacks import kronecker_product, stacked_product
from .terms import Side, Term, Turn, opposite, shape


@elaborate.register
def _(node: s.Product, reader: Reader) -> Term:
    result = read(node.factors[0], reader)
    before = node.factors[0]
    for factor, sign in zip(node.factors[1:], node.signs, strict=True):
        right = read(factor, reader)
        if right.axes and _looks_like_gradient(before, factor):
            raise reader.unreadable(
                replace(right, start=before.start), f"{reader.source(replace(right, start=before.start))} may be a"
                " gradient or a product with the size d",
                hint=f"declare the gradient, adjoint d{reader.source(factor)} = …, or write d \\cdot "
                f"{reader.source(factor)}",
            )  # fmt: skip
        before = factor
        result = _combined(result, right, sign, reader).at(node.start, factor.end)
    return result


def _looks_like_gradient(left: s.Syntax, right: s.Syntax) -> bool:
    """Whether this is dW written as one word where d is declared as a size and W as an array."""
    size = isinstance(left, s.Symbol) and left.kind == "dim" and left.name == "d"
    return size and isinstance(right, s.Symbol) and right.kind == "tensor" and left.end == right.start


def _combined(left: Term, right: Term, sign: str, reader: Reader) -> Term:
    if sign == "/":
        return divided(left, right, reader)
    if sign == "oslash":
        return divided(left, right, reader)
    if not left.axes or not right.axes:
        entry, plain = e.mul(left.expr, right.expr), left.plain and right.plain
        if not left.axes and not right.axes:
            return Term(entry, plain=plain)
        return replace(left if left.axes else right, expr=entry, plain=plain)
    if sign == "otimes":
        return kronecker_product(left, right, reader)
    if sign != "odot" and (left.stacked or right.stacked):
        return stacked_product(left, right, reader)
    if sign == "odot":
        return elementwise(left, right, reader)
    if sign and len(left.axes) == len(right.axes):
        return _dotted(left, right, sign, reader)
    return juxtaposed(left, right, reader)


def elementwise(left: Term, right: Term, reader: Reader) -> Term:
    """The product left ⊙ right."""
    entry = matched(left, right, reader, "these cannot be multiplied entry by entry")
    return replace(left, expr=e.mul(left.expr, entry), plain=False, body_axes=0)


def _dotted(left: Term, right: Term, sign: str, reader: Reader) -> Term:
    """A dot, star or cross between two arrays with the same number of axes."""
    if len(left.axes) == 1:
        one, other = _side(left, reader, False), _side(right, reader, False)
        if one and other and one != other:
            return juxtaposed(left, right, reader)
    elif sign != "*":
        return juxtaposed(left, right, reader)
    reader.met.add("product")
    if reader.reading.product == "elementwise" or sign == "times":
        reader.note(f"the product sign before {reader.source(right)} is read entry by entry")
        return elementwise(left, right, reader)
    if len(left.axes) == 1:
        reader.note(f"the product sign before {reader.source(right)} is read as the dot product")
        return inner(left, right, reader)
    return juxtaposed(left, right, reader)


def inner(left: Term, right: Term, reader: Reader) -> Term:
    """The sum over all entries of the products of entries that stand at the same place."""
    entry = matched(replace(left, turn=None), right, reader, "these have no inner product")
    reader.sized(replace(left, end=max(left.end, right.end)), left)
    return Term(e.total(left.axes, e.mul(left.expr, entry)))


def _side(term: Term, reader: Reader, decide: bool = True) -> Side | None:
    """Whether a vector is a column or a row; the default of the reading decides where nothing else does."""
    assert term.turn is not None
    side = term.turn.side()
    if side is None:
        root, flip = term.turn.root()
        if decide:
            reader.met.add("slices" if root.usual else "vectors")
        standing = root.usual or ("row" if reader.reading.vectors == "row" else "column")
        side = opposite(standing) if flip else standing
        if decide:
            root.known = standing
    return side


def _stands(term: Term, wanted: Side, reader: Reader) -> bool:
    """Whether a vector can be what a matrix beside it asks for.

    A bare name takes the orientation that it is used in; a transposed one is what the reading makes it.
    """
    assert term.turn is not None
    if term.turn.side() is None and term.turn.root()[1]:
        return _side(term, reader) == wanted
    if wanted == "row" and term.turn.side() is None:
        reader.note(f"{reader.source(term)} is read as a row")
    return term.turn.decide(wanted)


def juxtaposed(left: Term, right: Term, reader: Reader) -> Term:
    """The product of two arrays written next to each other: a matrix product, inner or outer product."""
    sizes = (len(left.axes), len(right.axes))
    if sizes == (1, 1):
        return _vectors(left, right, reader)
    if sizes == (2, 1):
        if not _stands(right, "column", reader):
            raise reader.ill_formed(
                right, "a row stands to the right of a matrix", got=f"{shape(left)} times {shape(right)}",
                hint=f"transpose it, ({reader.source(right)})^T, or put it to the left of the matrix",
            )  # fmt: skip
        return matrix_product(left, right, reader)
    if sizes == (1, 2):
        if not _stands(left, "row", reader):
            raise reader.ill_formed(
                left, "a column stands to the left of a matrix", got=f"{shape(left)} times {shape(right)}",
                hint=f"transpose it, ({reader.source(left)})^T, or put it to the right of the matrix",
            )  # fmt: skip
        return matrix_product(left, right, reader)
    if sizes == (2, 2):
        return matrix_product(left, right, reader)
    return _jacobians(left, right, reader)


def _vectors(left: Term, right: Term, reader: Reader) -> Term:
    one, other = _side(left, reader), _side(right, reader)
    mend = reader.reading.mend
    if one != other:
        if one == "row":
            return _contracted(left, right, left.axes[0], right.axes[0], reader)
        return Term(e.mul(left.expr, right.expr), left.axes + right.axes)
    if mend == "outer":
        return Term(e.mul(left.expr, right.expr), left.axes + right.axes)
    if mend == "dot":
        return _contracted(left, right, left.axes[0], right.axes[0], reader)
    if mend == "elementwise":
        return elementwise(left, right, reader)
    a, b = reader.source(left), reader.source(right)
    equal = left.axes[0].dim == right.axes[0].dim
    products = [f"as an outer product {_wrapped(a)} {_turned(b)}"]
    if equal:
        products += [
            f"as a dot product {_turned(a)} {_wrapped(b)}",
            rf"entry by entry {_wrapped(a)} \odot {_wrapped(b)}",
        ]
    if one == "row":
        products = [f"as an outer product {_turned(a)} {_wrapped(b)}"]
    raise reader.ill_formed(
        left, f"two {one}s stand next to each other", got=f"{shape(left)} times {shape(right)}",
        expected="a row and a column", hint="it would be well formed " + ", ".join(products),
    )  # fmt: skip


def _turned(text: str) -> str:
    """A text with a transpose, or without the one it has."""
    for mark in ("^T", r"^\top", r"^{\top}", "^{T}"):
        if text.endswith(mark):
            return text[: -len(mark)]
    return f"({text})^T" if "^" in text and not text.endswith(")") else f"{_wrapped(text)}^T"


def _wrapped(text: str) -> str:
    simple = text.isalnum() or (
        (text[:1] in "\\([" or "_" in text or "^" in text) and not any(c in text for c in "+ -")
    )
    closed = text.startswith("(") and text.endswith(")")
    return text if simple or closed else f"({text})"


def matrix_product(left: Term, right: Term, reader: Reader) -> Term:
    """The product left right, summed over the last axis of left and the first of right."""
    a, b = left.axes[-1], right.axes[0]
    if not reader.same_dim(a.dim, b.dim):
        if reader.reading.mend == "transpose":
            left, right = _transposed(left, right)
            a, b = left.axes[-1], right.axes[0]
        if not reader.same_dim(a.dim, b.dim):
            _misfit(left, right, reader)
    product = _contracted(left, right, a, b, reader)
    axes = left.axes[:-1] + right.axes[1:]
    turn = None
    if len(axes) == 1:
        turn = Turn("column" if len(left.axes) == 2 else "row")
    return replace(product, axes=axes, turn=turn)


def _transposed(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with one matrix transposed so that it fits, if that is possible."""
    if len(left.axes) == 2 and left.axes[0].dim == right.axes[0].dim:
        return replace(left, axes=left.axes[::-1]), right
    if len(right.axes) == 2 and right.axes[-1].dim == left.axes[-1].dim:
        return left, replace(right, axes=right.axes[::-1])
    return left, right


def _misfit(left: Term, right: Term, reader: Reader) -> None:
    a, b = reader.source(left), reader.source(right)
    fits = []
    if len(left.axes) == 2 and left.axes[0].dim == right.axes[0].dim:
        fits.append(f"with the transpose {_turned(a)}")
    if len(right.axes) == 2 and right.axes[1].dim == left.axes[-1].dim:
        fits.append(f"with the transpose {_turned(b)}")
    if len(left.axes) == 1 and len(right.axes) == 2 and right.axes[1].dim == left.axes[0].dim:
        fits.append(f"the other way round {_wrapped(b)} {_wrapped(a)}")
    raise reader.ill_formed(
        replace(left, end=right.end), "these cannot be multiplied", got=f"{shape(left)} times {shape(right)}",
        expected=f"{left.axes[-1].dim} rows on the right", hint="it would fit " + ", or ".join(fits) if fits else None,
    )  # fmt: skip


def _contracted(left: Term, right: Term, a: Index, b: Index, reader: Reader) -> Term:
    if not reader.same_dim(a.dim, b.dim):
        _misfit(left, right, reader)
    if reader.is_open(a.dim):
        raise reader.unreadable(
            replace(left, end=right.end), "the size of this product is not known",
            hint=r"write the size, as in \mathbf{1}_n",
        )  # fmt: skip
    entry = e.mul(left.expr, e.substitute(right.expr, {b: a}))
    return Term(e.total((a,), entry))


def _jacobians(left: Term, right: Term, reader: Reader) -> Term:
    """A gradient times the derivative of what it is the gradient by, where that has more than two axes."""
    if right.body_axes and len(left.axes) == right.body_axes:
        body = right.axes[: right.body_axes] if right.numerator else right.axes[-right.body_axes :]
        rest = tuple(axis for axis in right.axes if axis not in body)
        piece = replace(right, axes=body)
        entry = matched(replace(left, turn=None), replace(piece, turn=None), reader, "these cannot be multiplied")
        turn = Turn() if len(rest) == 1 else None
        return Term(e.total(left.axes, e.mul(left.expr, entry)), rest, turn)
    raise reader.ill_formed(
        replace(left, end=right.end), "these cannot be multiplied", got=f"{shape(left)} times {shape(right)}",
        hint="write the indices",
    )  # fmt: skip
