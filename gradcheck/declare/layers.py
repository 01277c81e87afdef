r"""Ready-made layers and losses: plain functions that write node equations on a `Builder`.

Each takes arrays and gives back the array of its last node, so that they can be stacked. Arrays with
samples (`samples=(i,)`) are treated sample by sample; losses sum over the samples.

>>> b = Builder("mlp")
>>> i = b.index("i", "m")
>>> x, t = b.input("x", "d", samples=(i,)), b.input("t", "c", samples=(i,))
>>> h = activation(b, dense(b, x, "h", output="z", weight="W", bias="b"), b.function(r"\sigma"), output="a")
>>> y = dense(b, h, "c", output="y", weight="V")
>>> loss = squared_error(b, y, t, name="J")
>>> [node.tensor.name for node in b.network().nodes]
['z', 'a', 'y', 'J']
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..algebra.dims import Dim
from ..algebra.expressions import ZERO, Apply, Compare, Elem, Expr, add, as_expr, power, size, total
from ..algebra.functions import EXP, LOG
from ..algebra.index import Index
from ..errors import DeclarationError
from .builder import Builder, Size
from .handles import Activation, Array

HALF = Fraction(1, 2)


def dense(
    b: Builder,
    x: Array,
    units: Size,
    *,
    output: str,
    weight: str | Array,
    bias: str | None = None,
    rows: bool = False,
) -> Array:
    """W x + b for a column x, W : units, n; with `rows`, x W + b for a row x, W : n, units.

    weight: the name of the new parameter, or an array declared before (tied weights).
    bias: the name of the new bias; None for none.
    """
    j, k = Index("j", b.size(units)), Index("k", _vector(x))
    shape = (k.dim, j.dim) if rows else (j.dim, k.dim)
    w = weight if isinstance(weight, Array) else b.parameter(weight, *shape)
    if w.dims != shape:
        raise DeclarationError(
            f"{w.tensor.name} has another shape",
            got=", ".join(map(str, w.dims)),
            expected=", ".join(map(str, shape)),
        )
    entry = w[k, j] if rows else w[j, k]
    formula = total([k], x.at_sample(k) * entry if rows else entry * x.at_sample(k))
    if bias is not None:
        formula = formula + b.parameter(bias, j.dim)[j]
    return b.node(output, formula, j, samples=x.samples)


def activation(b: Builder, u: Array, function: Activation, *, output: str) -> Array:
    """The function of every entry."""
    axes = _axes(u)
    return b.node(output, function(u.at_sample(*axes)), axes, samples=u.samples)


def skip(b: Builder, x: Array, y: Array, *, output: str) -> Array:
    """Add x and y entry by entry: what a layer gives plus what it was given."""
    if x.dims != y.dims:
        raise DeclarationError("a skip connection joins two arrays of one shape", got=f"{x.dims} and {y.dims}")
    axes = _axes(x)
    return b.node(output, x.at_sample(*axes) + y.at_sample(*axes), axes, samples=x.samples)


def softmax(b: Builder, z: Array, *, output: str) -> Array:
    """The softmax of a vector: e^z_j over the sum of all e^z_k."""
    j, k = Index("j", _vector(z)), Index("k", _vector(z))
    formula = Apply(EXP, z.at_sample(j)) / total([k], Apply(EXP, z.at_sample(k)))
    return b.node(output, formula, j, samples=z.samples)


def squared_error(
    b: Builder, y: Array | Elem, target: Array | Elem, *, name: str, factor: Fraction | int = HALF, mean: bool = False
) -> Elem:
    """The sum of factor times (y - target)^2 over samples and entries; `mean` divides by the samples."""
    if isinstance(y, Elem) or isinstance(target, Elem):
        if not (isinstance(y, Elem) and isinstance(target, Elem)):
            raise DeclarationError("an output and its target have one shape", got="a scalar and an array")
        return b.loss(name, factor * power(y - target, as_expr(2)))
    axes, samples = _axes(y), y.samples
    square = power(y.at_sample(*axes) - target[(*samples, *axes)], as_expr(2))
    return b.loss(name, _over_samples(samples, factor * total([*samples, *axes], square), mean))


def cross_entropy(b: Builder, p: Array, target: Array, *, name: str, mean: bool = False) -> Elem:
    """Minus the sum of target times log p, over samples and entries."""
    k, samples = Index("k", _vector(p)), p.samples
    terms = total([*samples, k], target[(*samples, k)] * Apply(LOG, p.at_sample(k)))
    return b.loss(name, _over_samples(samples, -terms, mean))


def softmax_cross_entropy(b: Builder, z: Array, target: Array, *, name: str, output: str, mean: bool = False) -> Elem:
    """The cross entropy of softmax(z), which becomes the node `output`."""
    return cross_entropy(b, softmax(b, z, output=output), target, name=name, mean=mean)


def weight_decay(b: Builder, weights: Sequence[Array], strength: Expr, *, name: str) -> Elem:
    """All squared weights, summed and times strength / 2, as a node to be added to a loss."""
    squares = []
    for w in weights:
        axes = _axes(w)
        squares.append(total(axes, power(w[axes], as_expr(2))))
    return b.node(name, strength * HALF * add(*squares))


def kl_sparsity(b: Builder, a: Array, rho: Expr, strength: Expr, *, mean: str, name: str) -> Elem:
    r"""The sparsity penalty: strength times the sum of KL(rho || rho_k), as a node to be added to a loss.

    rho_k, the node `mean`, is the mean of a_k over the samples; KL(p || q) = p log(p/q) + (1-p) log((1-p)/(1-q)).
    """
    if len(a.samples) != 1:
        raise DeclarationError("the sparsity penalty needs the mean over one sample index", got=a.tensor.name)
    (i,), k = a.samples, Index("k", _vector(a))
    batch = b.node(mean, 1 / size(i.dim) * total([i], a[i, k]), k)
    q = batch[k]
    divergence = rho * Apply(LOG, rho / q) + (1 - rho) * Apply(LOG, (1 - rho) / (1 - q))
    return b.node(name, strength * total([k], divergence))


def k_competitive(
    b: Builder, a: Array, *, positive: Size, negative: Size, amplification: Expr, output: str, winners: tuple[str, str]
) -> Array:
    r"""KATE's layer: the strongest units win, each winner gets the amplified activations of its losers.

    positive, negative: how many positive and negative winners there are (for k winners: k/2 rounded up
    and down). A unit wins if it has the sign and fewer units of that sign are stronger; losers give 0.
    Where fewer units have a sign than may win, all of them win. At a tie more win; derivatives hold
    away from ties. winners: names of the two mask nodes.
    Source: Chen, Zaki, KATE: K-Competitive Autoencoder for Text, KDD 2017.
    """
    j, k = Index("j", _vector(a)), Index("k", _vector(a))
    terms: list[Expr] = []
    for name, count, sign in ((winners[0], positive, 1), (winners[1], negative, -1)):
        own, other = sign * a.at_sample(j), sign * a.at_sample(k)
        stronger = total([k], Compare(">", other, own))
        wins = Compare(">", own, ZERO) * Compare(">", size(b.size(count)), stronger)
        mask = b.node(name, wins, j, samples=a.samples)
        lost = total([k], Compare(">", other, ZERO) * (1 - mask.at_sample(k)) * a.at_sample(k))
        terms.append(mask.at_sample(j) * (a.at_sample(j) + amplification * lost))
    return b.node(output, add(*terms), j, samples=a.samples)


def _vector(x: Array) -> Dim:
    if len(x.shape) != 1:
        raise DeclarationError(
            "a vector is needed here", got=f"{x.tensor.name} : {', '.join(map(str, x.shape)) or 'a scalar'}"
        )
    return x.shape[0]


def _axes(x: Array) -> tuple[Index, ...]:
    return tuple(Index(name, dim) for name, dim in zip("jklmpq", x.shape, strict=False))


def _over_samples(samples: tuple[Index, ...], value: Expr, mean: bool) -> Expr:
    return 1 / size(samples[0].dim) * value if mean and samples else value
