"""Whether printed LaTeX reads back with the meaning it was printed from, by value, entry by entry."""

import itertools

import numpy as np
from entrywise import Reader

from gradcheck.algebra.expressions import Elem, tensors, walk
from gradcheck.algebra.functions import TANH
from gradcheck.declare.network import with_functions
from gradcheck.derive import resolve
from gradcheck.formula import read_expression
from gradcheck.printing import latex, matrix_form
from gradcheck.printing.names import scope_of


def reads_back(expr, axes, notation, form, sizes, network=None):
    """None if there is no such form; else whether it reads back as equal at random values.

    network: where the derivatives in it come from. A size of it that is not given is 2.
    """
    sizes = {**dict.fromkeys(dict(network.dims) if network else (), 2), **sizes}
    if form == "index":
        value = read_expression(latex(expr, notation, axes), notation)
        letters = scope_of((expr,), notation, axes).letters
        found = {i.name: i for i in value.expr.free}
        places = [found.get(letters[i], i) for i in axes]
    else:
        text = matrix_form(expr, axes, notation)
        if text is None:
            return None
        value = read_expression(text, notation)
        places = _with_samples(expr, value, axes, notation)
    assert len(places) == len(axes)
    said = [resolve(network, e) if network else e for e in (expr, value.expr)]
    readers = _reader(said[0], notation, sizes)
    here, there = (with_functions(e, dict.fromkeys(_unspecified(e), TANH)) for e in said)
    ranges = [range(1, i.dim.value(sizes) + 1) for i in axes]
    for at in itertools.islice(itertools.product(*ranges), 6):
        a = readers.value(here, dict(zip(axes, at, strict=True)))
        b = readers.value(there, dict(zip(places, at, strict=True)))
        if not np.isclose(a, b, rtol=1e-10, atol=1e-10):
            return False
    return True


def _with_samples(expr, value, axes, notation):
    """The read value's axes, with its free sample indices put where the printed expression has them."""
    sampled = {
        slot
        for node in walk(expr)
        if isinstance(node, Elem) and node.tensor.name in notation.entries
        for slot in node.slots[: len(notation.entries[node.tensor.name].samples)]
    }
    free = sorted((i for i in value.expr.free if i not in value.axes), key=lambda i: i.serial)
    samples, arrays = iter(free), iter(value.axes)
    return [next(samples, axis) if axis in sampled else next(arrays) for axis in axes]


def _unspecified(expr):
    return {node.function for node in walk(expr) if getattr(getattr(node, "function", None), "unspecified", False)}


def _reader(expr, notation, sizes):
    rng = np.random.default_rng(0)
    known = {e.tensor.name: e.tensor for e in notation.entries.values()} | {t.name: t for t in tensors(expr)}
    shapes = {name: [d.value(sizes) for d in t.dims] for name, t in known.items()}
    return Reader(sizes, {name: rng.uniform(0.2, 0.8, shape) for name, shape in shapes.items()})
