"""The meaning of sums, products, extrema and means over indices."""

from __future__ import annotations

from dataclasses import replace

from ...algebra import expressions as e
from ..syntax import tree as s
from .conditions import holds
from .elaborate import elaborate, read
from .ranges import gather
from .reader import Binder, Reader
from .terms import Term


@elaborate.register
def _(node: s.Big, reader: Reader) -> Term:
    if id(node) not in reader.binders:
        gather(node, reader)
    binder = reader.binders[id(node)]
    saved = reader.scope
    reader.scope = {**saved, **binder.slots}
    implied = reader.implied
    body = read(node.body, reader)
    if reader.implied > implied:
        body = _over_samples(node, binder, body, reader)
    weights = [e.at_most(low, high) for low, high in binder.limits]
    weights += [holds(condition, reader).expr for condition in binder.conditions]
    reader.scope = saved
    for index in binder.indices:
        declared = reader.notation.indices.get(index.name)
        if declared is not None and reader.is_open(index.dim):
            reader.same_dim(index.dim, declared.dim)
        if reader.is_open(index.dim):
            if node.above is not None:
                last = reader.source(node.above)
                raise reader.unreadable(
                    node.above, f"{last} is no size, so the range of {index.name} is not known",
                    hint=f"declare it with dims {last}; a sum over the layers of a family stands in the loss only",
                )  # fmt: skip
            raise reader.unreadable(
                node, f"the range of {index.name} is not known",
                hint=f"write its limits, as in \\sum_{{{index.name}=1}}^{{n}}",
            )  # fmt: skip
    return _bound(node, binder, body, weights, reader)


def _over_samples(node: s.Big, binder: Binder, body: Term, reader: Reader) -> Term:
    """A sum whose index stands nowhere in a body that is read at a sample runs over the samples."""
    if len(binder.indices) != 1 or binder.indices[0] in body.expr.free or binder.conditions:
        return body
    index = binder.indices[0]
    for name, sample in reader.samples.items():
        if sample in body.expr.free and name not in reader.scope and sample.dim == index.dim:
            reader.note(
                f"the {node.operation} over {index.name} is read as running over the samples, {name} = {index.name}"
            )
            return replace(body, expr=e.substitute(body.expr, {sample: index}))
    return body


def _bound(node: s.Big, binder: Binder, body: Term, weights: list[e.Expr], reader: Reader) -> Term:
    indices = binder.indices
    if node.operation == "sum":
        return replace(body, expr=e.total(indices, e.mul(*weights, body.expr)), plain=False)
    if node.operation == "mean":
        count = e.total(indices, e.mul(*map(e.fresh_binders, weights)))
        mean = e.mul(e.power(count, e.MINUS_ONE), e.total(indices, e.mul(*weights, body.expr)))
        return replace(body, expr=mean, plain=False)
    if body.axes:
        raise reader.ill_formed(node, "this needs a scalar inside", hint="write the entry that is meant")
    if node.operation == "prod":
        factor = body.expr
        if weights:
            factor = e.add(e.UNIT, e.mul(*weights, e.add(factor, e.MINUS_ONE)))
        return Term(e.Product(indices, factor))
    if node.operation == "max" or node.operation == "min":
        if weights:
            raise reader.unreadable(node, "an extremum under a condition is not supported yet")
        return Term(e.Extremum(node.operation, indices, body.expr))
    raise reader.unreadable(
        node, "a position is not a value", hint=r"compare it with an index, as in [k = \arg\max_j z_j]"
    )
