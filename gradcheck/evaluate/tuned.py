"""The fast program: the same values at given sizes, every array preallocated, one NumPy call per operation.

The source has three stages. `make()` allocates the buffers, `bind(inputs..., results...)` makes the views of
what is handed in, `run()` computes: it writes the gradients into the results and returns the loss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .calls import IN_PLACE, lines_of, scalar
from .layout import Layout
from .names import comment
from .plan import Plan
from .text import HELPERS


def tuned_source(plan: Plan, sizes: Mapping[str, int], dtype: str) -> str:
    """The source of a module with `make`, and `gradients(...)` for a single call."""
    layout = Layout(plan, sizes, dtype, IN_PLACE)
    copies = layout.place_results()
    lines: list[str] = []
    for value in layout.order:
        label = plan.labels.get(value.number)
        if label is not None:
            lines.append(f"# {label.comment}")
        lines += lines_of(layout, value)
        layout.storage.release(value)
    lines += [f"{layout.results[name]}[...] = {_copied(layout, name)}" for name, _ in copies]
    lines.append(f"return {scalar(layout, plan.loss) if plan.loss is not None else None}")
    return _assembled(layout, lines)


def _copied(layout: Layout, name: str) -> str:
    value = layout.plan.gradients[name]
    return scalar(layout, value) if not value.dims else layout.operand(value)


def _assembled(layout: Layout, lines: Sequence[str]) -> str:
    plan, names = layout.plan, layout.signature.names
    sizes = ", ".join(f"{comment(s)} = {n}" for s, n in layout.spec.sizes.items())
    head = [
        f'# The network "{comment(plan.network.name)}" in NumPy at {sizes or "its only size"}, emitted by gradcheck.'
    ]
    head += [f"# {names[t]}: {comment(t.name)}" for t in plan.leaves]
    head += ["import numpy as np"]
    if layout.imports:
        head.append(f"from numpy import {', '.join(sorted(layout.imports))}")
    body = ["def make():", *_indented(layout.made, 4), ""]
    body += [f"    def bind({_arguments(layout, [*layout.results.values()])}):", *_indented(layout.bound, 8), ""]
    body += ["        def run():", *_indented(lines, 12), "", "        return run", "", "    return bind"]
    text = "\n".join(body)
    helpers = "".join(f"\n\n{code}" for name, code in HELPERS.items() if f"{name}(" in text)
    return "\n".join(head) + "\n" + helpers + "\n\n" + text + "\n\n\n" + _single_call(layout)


def _arguments(layout: Layout, results: Sequence[str] = ()) -> str:
    return ", ".join([*layout.signature.names.values(), *layout.signature.calls.values(), *results])


def _single_call(layout: Layout) -> str:
    arguments = _arguments(layout)
    lines = [f"def gradients({arguments}):", "    results = {"]
    for name, value in layout.plan.gradients.items():
        lines.append(f"        {name!r}: np.empty({layout.spec.shape(value)}, {layout.dtype!r}),")
    lines += ["    }", f"    loss = make()({arguments}{', ' if arguments else ''}*results.values())()"]
    return "\n".join([*lines, "    return loss, results"]) + "\n"


def _indented(lines: Sequence[str], by: int) -> list[str]:
    return [" " * by + line for line in lines]
