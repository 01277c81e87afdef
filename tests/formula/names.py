"""Short ways to declare names for the tests of formula input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradcheck.algebra.functions import Function, unspecified
from gradcheck.algebra.index import Index, Tensor
from gradcheck.formula import Entry, Notation, canonical_name, read_dim, split_name


def notation(
    inputs: str = "",
    *,
    nodes: str = "",
    parameters: str = "",
    functions: Iterable[str] | Mapping[str, Function] = (),
    indices: str = "",
    words: str = "",
    dims: Mapping[str, int] | None = None,
    **more: object,
) -> Notation:
    """Declared names: inputs="x^{(i)}: n; W: m, n; y", indices="i: n+1", functions=["\\sigma"]."""
    ranges: dict[str, Index] = {}
    sizes: dict[str, int] = dict(dims or {})
    for name, shape in _lines(indices):
        ranges[name] = Index(name, shape[0])
    entries: dict[str, Entry] = {}
    for text, role in ((inputs, "input"), (nodes, "node"), (parameters, "parameter")):
        for name, shape in _lines(text):
            parts = split_name(name, ranges)
            samples = tuple(ranges[s] for s in parts.samples)
            tensor = Tensor(parts.name, (*(s.dim for s in samples), *shape))
            entries[parts.name] = Entry(tensor, role, samples)
    for dim in (d for entry in entries.values() for d in entry.tensor.dims):
        for name in dim.symbols():
            sizes.setdefault(name, 1)
    known = functions if isinstance(functions, Mapping) else {canonical_name(f): unspecified(f) for f in functions}
    return Notation(entries, known, sizes, ranges, frozenset(words.split()), **more)  # type: ignore[arg-type]


def _lines(text: str):
    for line in filter(None, (piece.strip() for piece in text.split(";"))):
        name, _, shape = line.partition(":")
        yield name.strip(), tuple(read_dim(d) for d in shape.split(",") if d.strip())
