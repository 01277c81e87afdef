"""The section of plots: what finite differences say about derived and about claimed gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ...algebra.expressions import Derivative, Elem
from ...algebra.index import Tensor
from ...declare.network import Network
from ...document.findings import DocumentReport, Finding
from ...document.values import Document
from ...errors import GradcheckError
from ...formula import read
from .formulas import name
from .measure import Ground, at_counterexample, flow, ground, margins, v_curve
from .tree import Block, Chart, Figure, Inline, Line, Section, Series, Text, text

Curve = tuple[tuple[float, float], ...]

UNPLOTTABLE = (GradcheckError, NotImplementedError, LookupError, ArithmeticError, ValueError)
"""What a network may answer that has no numbers to plot."""

VISIBLE = 1e-4
"""A V curve that stays above this relative distance says nothing."""

SMALLEST = 1e-6
"""Ratios below are drawn here."""

MOST_CURVES = 6
"""Wrong claims that get a V curve."""


def evidence_section(document: Document, report: DocumentReport, seed: int) -> Iterator[Section]:
    """One section with the plots of all networks; none where nothing could be plotted."""
    blocks: list[Block] = []
    grounds: list[tuple[Network, Ground]] = []
    for network in document.networks:
        wrong = [f for f in report.findings if _network_of(f, document) is network and _is_refuted_gradient(f)]
        blocks.extend(_claim_curves(wrong[:MOST_CURVES], network))
        base = _plottable(ground, network, seed)
        if base:
            grounds.append((network, base))
            blocks.extend(() if wrong else _plottable(_gradient_curve, base, network))
    blocks.extend(_margin_strip(grounds))
    blocks.extend(_flow_plot(grounds, seed))
    if blocks:
        yield Section("evidence", text("Evidence in pictures"), tuple(blocks))


def _plottable(measure: Callable[..., Any], *given: Any) -> Any:
    """What is measured; nothing (and false) where the network has no numbers to plot."""
    try:
        return measure(*given)
    except UNPLOTTABLE:
        return {}


def _network_of(finding: Finding, document: Document) -> Network | None:
    return next((e.network for e in document.equations if (e.line, e.column) == (finding.line, finding.column)), None)


def _is_refuted_gradient(finding: Finding) -> bool:
    found = finding.verdict.counterexample
    return finding.verdict.verdict == "wrong" and found is not None and found.finite_difference is not None


def _claim_curves(findings: Sequence[Finding], network: Network) -> Iterator[Figure]:
    """The V of the derived gradient and the flat line of the claimed one; claims with the same curves share a plot."""
    found: dict[tuple[Curve, Curve], list[str]] = {}
    for finding in findings:
        curves = _curves(finding, network)
        if curves is not None:
            found.setdefault(curves, []).append(finding.id.partition("/")[2])
    for (derived, claimed), names in found.items():
        good = Series("from the derived gradient", derived, "good", True)
        chart = Chart(_STEP, _DISTANCE, (good, Series("from the claim", claimed, "wrong", True)))
        label: list[Inline] = [Text("Claims " if len(names) > 1 else "Claim ")]
        for k, word in enumerate(names):
            label += [*([Text(", ")] if k else []), Text(word, "code")]
        said = " at the counterexample: " + _shape(derived) + " From the claim they keep their distance at every step."
        alt = f"Plot of relative distance over step. {_shape(derived)} From the claim: never below {_least(claimed)}."
        yield Figure((*label, Text(said)), alt, chart)


_STEP, _DISTANCE = "step h of the central difference", "relative distance"


def _least(curve: Curve) -> str:
    return f"{min(y for _, y in curve):.0e}"


def _shape(curve: Curve) -> str:
    """What a curve shows: a V, or only rounding where the loss is at most quadratic in the entry."""
    if curve[-1][1] < 1e-11:
        return "finite differences meet the derived gradient up to rounding, for large steps best."
    return "finite differences approach the derived gradient until rounding takes over."


def _curves(finding: Finding, network: Network) -> tuple[Curve, Curve] | None:
    """The distances from the derived and from the claimed value over the step, at the counterexample."""
    found = finding.verdict.counterexample
    assert found is not None
    wrt = _variable(finding, network)
    if wrt is None:
        return None
    try:
        base = at_counterexample(network, found, wrt)
        entry = tuple(k - 1 for k in found.entry)
        if base is None or len(entry) != base[1].ndim:
            return None
        derived = v_curve(base[0], wrt.name, entry, found.derived)
        claimed = v_curve(base[0], wrt.name, entry, found.claimed)
    except UNPLOTTABLE:
        return None
    if not derived or not claimed:
        return None
    # Where float64 can't see the slope, as at a saturated unit, a plot would show nothing.
    best, level = (min(y for _, y in curve) for curve in (derived, claimed))
    return (derived, claimed) if best < VISIBLE and level > 100 * best else None


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


def _gradient_curve(base: Ground, network: Network) -> list[Figure]:
    """The V of the largest entry of the first gradient that has one."""
    gradients = base.gradients()
    for tensor in network.parameters:
        values = np.asarray(gradients[tensor.name])
        entry = tuple(int(k) for k in np.unravel_index(int(np.argmax(np.abs(values))), values.shape))
        points = v_curve(base, tensor.name, entry, float(values[entry])) if values[entry] else ()
        if not points or min(y for _, y in points) > VISIBLE:
            continue
        chart = Chart(_STEP, _DISTANCE, (Series("derived gradient", points, "good", True),))
        label: Line = (Text("Network "), Text(network.name, "strong"), Text(", gradient by "))
        caption = (*label, name(tensor, network.notation), Text(": " + _shape(points)))
        return [Figure(caption, f"Plot of relative distance over step. {_shape(points)}", chart)]
    return []


def _margin_strip(grounds: Sequence[tuple[Network, Ground]]) -> Iterator[Figure]:
    """For every parameter how far the derived gradient is from finite differences, in tolerances."""
    rows: list[Line] = []
    series: list[Series] = []
    for network, base in grounds:
        for tensor, values in _plottable(margins, base).items():
            points = tuple((max(v, SMALLEST), float(len(rows))) for v in values)
            series.append(Series(tensor.name, points, "good"))
            rows.append(_row(network, tensor, len(grounds)))
    if not rows:
        return
    chart = Chart("error / tolerance", "", tuple(series), y_log=False, rows=tuple(rows), limit=(1.0, "tolerance"))
    entries = sum(len(s.points) for s in series)
    beyond = sum(x > 1 for s in series for x, _ in s.points)
    said = "Every entry of every gradient against finite differences: left of the line they agree."
    alt = f"Strip plot of {entries} gradient entries of {len(rows)} parameters; "
    alt += f"{beyond or 'none'} of them beyond the tolerance."
    yield Figure(text(said), alt, chart)


def _row(network: Network, tensor: Tensor, networks: int) -> Line:
    """The name of a row: that of the network too, where there are several."""
    label = name(tensor, network.notation)
    return (Text(f"{network.name}: "), label) if networks > 1 else (label,)


def _flow_plot(grounds: Sequence[tuple[Network, Ground]], seed: int) -> Iterator[Figure]:
    """How much gradient arrives at each node, and how many of its units are dead."""
    rows: list[Line] = []
    points: list[tuple[float, float]] = []
    said: list[str] = []
    for network, base in grounds:
        for found in _plottable(flow, base, seed):
            dead = "" if found.dead is None else f", {found.dead:.0%} dead"
            points.append((max(found.size, 1e-12), float(len(rows))))
            rows.append((*_row(network, found.node, len(grounds)), *text(dead, "quiet")))
            said.append(f"{found.node.name} of {network.name} {found.size:.2g}{dead}")
    if not rows:
        return
    chart = Chart("root mean square of the gradient", "", (Series("gradient", tuple(points)),), y_log=False,
                  rows=tuple(rows), bars=True)  # fmt: skip
    words = "How much gradient arrives at each node, over random points"
    words += "; dead is the share of units whose gate is closed." if any("dead" in s for s in said) else "."
    yield Figure(text(words), f"Bars: {'; '.join(said)}.", chart)
