"""The readable program: one plain NumPy statement per named node, for every size; needs nothing but NumPy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..algebra.dims import Dim
from ..algebra.index import Tensor
from .names import Names, comment
from .plan import Label, Plan, live
from .signature import Signature, symbols_of
from .text import HELPERS, SUM, Writer
from .values import Value

_INLINE = 60
"""An unnamed value used once is written in place up to this many characters."""


def plain_source(plan: Plan, dtype: str) -> str:
    """The source of a module with `forward(...)` and, where there is a loss, `gradients(...)`."""
    signature = plan.signature
    head = [
        f'# The network "{comment(plan.network.name)}" in NumPy: forward values and gradients, emitted by gradcheck.'
    ]
    head += [f"# {signature.names[t]}: {comment(t.name)}, {_shape_text(t)}" for t in plan.leaves]
    head += [f"# {name}: derivative of order {k} of {comment(f.name)}" for (f, k), name in signature.calls.items()]
    functions = [_function(plan, signature, dtype, "forward", plan.nodes, loss=False)]
    if plan.gradients:
        functions.append(_function(plan, signature, dtype, "gradients", plan.gradients, loss=True))
    text = "\n\n".join(functions)
    helpers = "".join(f"\n\n{code}" for name, code in HELPERS.items() if f"{name}(" in text)
    return "\n".join(head) + "\nimport numpy as np\n" + helpers + "\n\n" + text


def _shape_text(tensor: Tensor) -> str:
    if not tensor.dims:
        return "a scalar"
    return f"shape ({', '.join(comment(str(d)) for d in tensor.dims)}{',' if len(tensor.dims) == 1 else ''})"


def _function(
    plan: Plan, signature: Signature, dtype: str, name: str, outputs: Mapping[str, Value], *, loss: bool
) -> str:
    results = [plan.loss] if loss and plan.loss is not None else []
    needed = live([*results, *outputs.values()])
    writer = Writer(dtype, signature.sizes, signature.calls)
    lines = [f"def {name}({', '.join(signature.arguments)}):"]
    lines += [f"    {line}" for line in size_lines(plan, signature, needed)]
    labels = {k: label for k, label in plan.labels.items() if loss or not label.backward}
    lines += _statements(labels, signature, writer, needed, [*results, *outputs.values()])
    entries = ", ".join(f"{key!r}: {_owned(writer, value)}" for key, value in outputs.items())
    if loss and plan.loss is not None:
        lines.append(f"    return {writer.text(plan.loss)}, {{{entries}}}")
    else:
        lines.append(f"    return {{{entries}}}")
    return "\n".join(lines) + "\n"


def size_lines(plan: Plan, signature: Signature, needed: Sequence[Value]) -> list[str]:
    """Statements that read the sizes off the shapes of the arrays."""
    used = {s for v in needed for d in _dims_written(v) for s in symbols_of(d)}
    lines = []
    for symbol in signature.sizes:
        if symbol in used and symbol not in signature.unseen:
            lines.append(f"{signature.sizes[symbol]} = {_read_off(plan, signature, symbol)}")
    return lines


def _dims_written(value: Value) -> Iterable[Dim]:
    """The dims that the text of a value mentions."""
    if value.op in ("size", "positions"):
        return (value.data,)
    if value.op in ("reshape", "spread"):
        return value.dims
    if value.op == "slice":
        return [d for spec in value.data for d in ([spec] if isinstance(spec, Dim) else spec[:2])] + list(
            value.args[0].dims
        )
    return ()


def _read_off(plan: Plan, signature: Signature, symbol: str) -> str:
    choices: list[tuple[int, int, int, Tensor, int, Dim]] = []
    for tensor in plan.leaves:
        for axis, dim in enumerate(tensor.dims):
            if len(dim.terms) == 1 and dim.terms[0][0] == symbol:
                choices.append((abs(dim.terms[0][1]), abs(dim.constant), len(choices), tensor, axis, dim))
    *_, tensor, axis, dim = min(choices)
    text = f"{signature.names[tensor]}.shape[{axis}]"
    if dim.constant:
        text = f"{text} {'-' if dim.constant > 0 else '+'} {abs(dim.constant)}"
    c = dim.terms[0][1]
    return text if c == 1 else f"({text}) // {c}"


def _statements(
    labels: Mapping[int, Label], signature: Signature, writer: Writer, needed: Sequence[Value], outputs: Iterable[Value]
) -> list[str]:
    uses: dict[int, int] = {}
    for value in needed:
        for arg in value.args:
            uses[arg.number] = uses.get(arg.number, 0) + 1
    for value in outputs:
        uses[value.number] = uses.get(value.number, 0) + 1
    local = Names(signature.identifiers.used)
    lines: list[str] = []
    for value in needed:
        if value.op == "leaf":
            writer.known[value.number] = signature.names[value.data]
            continue
        label = labels.get(value.number)
        if label is None and not _own_statement(writer, value, uses[value.number]):
            continue
        if label is not None:
            lines.append(f"    # {label.comment}")
        text = writer.text(value, SUM)
        writer.known[value.number] = local.new(label.wish if label else "t")
        lines.append(f"    {writer.known[value.number]} = {text}")
    return lines


def _own_statement(writer: Writer, value: Value, uses: int) -> bool:
    if value.op in ("number", "size", "view"):
        return False
    if uses > 1:
        return value.op not in ("positive", "positions")
    return len(writer.text(value)) > _INLINE


def _owned(writer: Writer, value: Value) -> str:
    """The text of a result that shares no memory with an argument or another result."""
    if value.op in ("leaf", "view", "reshape", "spread", "slice", "number", "size") or not value.dims:
        return f"np.array({writer.text(value)}, {writer.dtype!r})"
    return writer.text(value)
