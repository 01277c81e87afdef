"""The section of plots: what finite differences say about derived and about claimed gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...algebra.expressions import Derivative, Elem
from ...algebra.index import Tensor
from ...declare.network import Network
from ...document.findings import DocumentReport, Finding
from ...document.values import Document
from ...errors import GradcheckError
from ...formula import read
from .formulas import name
from .measure import Ground, at_counterexample, flow, ground, margins, v_curve
from .tree import Block, Chart, Figure, Line, Section, Series, Text, text

MOST_CURVES = 6
"""Wrong claims that get a V curve."""


def evidence_section(document: Document, report: DocumentReport, seed: int) -> Iterator[Section]:
    """One section with the plots of every network; none where nothing could be plotted."""
    blocks: list[Block] = []
    for network in document.networks:
        base = ground(network, seed)
        wrong = [f for f in report.findings if _network_of(f, document) is network and _is_refuted_gradient(f)]
        blocks.extend(_claim_curves(wrong[:MOST_CURVES], network))
        if base is not None:
            try:
                blocks.extend(_network_plots(base, network, seed, with_curve=not wrong))
            except (GradcheckError, NotImplementedError, LookupError, ArithmeticError):
                continue
    if blocks:
        yield Section("evidence", text("Evidence in pictures"), tuple(blocks))


def _network_of(finding: Finding, document: Document) -> Network | None:
    return next((e.network for e in document.equations if (e.line, e.column) == (finding.line, finding.column)), None)


def _is_refuted_gradient(finding: Finding) -> bool:
    found = finding.verdict.counterexample
    return finding.verdict.verdict == "wrong" and found is not None and found.finite_difference is not None


def _claim_curves(findings: Sequence[Finding], network: Network) -> Iterator[Figure]:
    for finding in findings:
        figure = _claim_curve(finding, network)
        if figure is not None:
            yield figure


def _claim_curve(finding: Finding, network: Network) -> Figure | None:
    """The V of the derived gradient and the flat line of the claimed one, where the claim fails."""
    found = finding.verdict.counterexample
    assert found is not None
    wrt = _variable(finding, network)
    if wrt is None:
        return None
    try:
        base = at_counterexample(network, found, wrt)
        if base is None:
            return None
        entry = tuple(k - 1 for k in found.entry)
        if len(entry) != base[1].ndim:
            return None
        derived = v_curve(base[0], wrt.name, entry, found.derived)
        claimed = v_curve(base[0], wrt.name, entry, found.claimed)
    except (GradcheckError, NotImplementedError, LookupError, ArithmeticError):
        return None
    if not derived or not claimed:
        return None
    short = finding.id.partition("/")[2]
    chart = Chart(
        "step h of the central difference",
        "relative distance",
        (Series("from the derived gradient", derived, "good", True), Series("from the claim", claimed, "wrong", True)),
    )
    least = min(y for _, y in derived)
    level = min(y for _, y in claimed)
    caption: Line = (
        Text("Claim "), Text(short, "code"),
        Text(" at its counterexample: finite differences approach the derived gradient until rounding takes over; "
             "from the claim they keep their distance."),
    )  # fmt: skip
    alt = (
        f"Plot of the distance between finite differences and two values over the step. To the derived gradient it "
        f"falls to {least:.0e} and rises again; to the claimed value it never falls below {level:.0e}."
    )
    return Figure(caption, alt, chart)


def _variable(finding: Finding, network: Network) -> Tensor | None:
    """The tensor by which the loss is derived in the claim; None for other kinds of claims."""
    try:
        statement = read(finding.latex.replace(r"\therefore", ""), network.notation)
    except GradcheckError:
        return None
    first = statement.sides[0].expr
    if not isinstance(first, Derivative) or not isinstance(first.wrt, Elem) or first.reading != "total":
        return None
    is_loss = isinstance(first.body, Elem) and first.body.tensor == network.loss
    return first.wrt.tensor if is_loss else None


def _network_plots(base: Ground, network: Network, seed: int, *, with_curve: bool) -> Iterator[Figure]:
    if with_curve:
        yield from _gradient_curve(base, network)
    yield from _margin_strip(base, network)
    yield from _flow_plot(base, network, seed)


def _gradient_curve(base: Ground, network: Network) -> Iterator[Figure]:
    """The V of the largest entry of the last parameter's gradient."""
    import numpy as np

    gradients = base.program.gradients(base.point)
    for tensor in network.parameters:
        values = np.asarray(gradients[tensor.name])
        entry = tuple(int(k) for k in np.unravel_index(int(np.argmax(np.abs(values))), values.shape))
        if values.size == 0 or not values[entry]:
            continue
        points = v_curve(base, tensor.name, entry, float(values[entry]))
        chart = Chart(
            "step h of the central difference", "relative distance", (Series("derived gradient", points, "good", True),)
        )
        caption: Line = (
            Text("Network "), Text(network.name, "strong"), Text(", gradient by "), name(tensor, network.notation),
            Text(": finite differences approach it until rounding takes over."),
        )  # fmt: skip
        least = min(y for _, y in points)
        yield Figure(
            caption, f"Plot: the relative distance falls to {least:.0e} and rises again for tiny steps.", chart
        )
        return


def _margin_strip(base: Ground, network: Network) -> Iterator[Figure]:
    """For every parameter how far the derived gradient is from finite differences, in tolerances."""
    found = {n: values for n, values in margins(base).items() if values}
    if not found:
        return
    tensors = [t for t in network.parameters if t.name in found]
    series = tuple(
        Series(t.name, tuple((max(v, 1e-6), float(row)) for v in found[t.name]), "good")
        for row, t in enumerate(tensors)
    )
    rows = tuple((name(t, network.notation),) for t in tensors)
    chart = Chart("error / tolerance", "", series, y_log=False, rows=rows, limit=(1.0, "tolerance"))
    worst = max(max(v) for v in found.values())
    caption: Line = (
        Text("Network "), Text(network.name, "strong"),
        Text(": every entry of every gradient against finite differences; left of the line they agree."),
    )  # fmt: skip
    entries = sum(len(v) for v in found.values())
    alt = f"Strip plot of {entries} gradient entries of {len(found)} parameters; "
    alt += f"the largest ratio of error to tolerance is {worst:.0e}."
    yield Figure(caption, alt, chart)


def _flow_plot(base: Ground, network: Network, seed: int) -> Iterator[Figure]:
    """How much gradient arrives at each node, and how many of its units are dead."""
    found = [f for f in flow(base, seed) if f.size > 0 or f.dead]
    if not found:
        return
    rows = []
    for f in found:
        dead = f"   dead: {f.dead:.0%}" if f.dead is not None else ""
        rows.append(
            (name(f.node, network.notation), Text(dead, "quiet")) if dead else (name(f.node, network.notation),)
        )
    points = tuple((max(f.size, 1e-12), float(row)) for row, f in enumerate(found))
    chart = Chart("root mean square of the gradient", "", (Series("gradient", points, "plain"),), y_log=False,
                  rows=tuple(rows), bars=True)  # fmt: skip
    caption: Line = (
        Text("Network "), Text(network.name, "strong"),
        Text(": how much gradient arrives at each node, over random points"),
        Text("; dead is the share of units whose gate is closed." if any(f.dead is not None for f in found) else "."),
    )  # fmt: skip
    alt = "Bars: " + "; ".join(
        f"{f.node.name} {f.size:.2g}" + (f", {f.dead:.0%} dead" if f.dead is not None else "") for f in found
    ) + "."  # fmt: skip
    yield Figure(caption, alt, chart)
