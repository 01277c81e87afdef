"""From a claim to its verdict: the public functions `check` and `equal`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from ..algebra.budget import deadline
from ..algebra.expressions import Derivative, walk
from ..algebra.facts import SKEW, SYMMETRIC
from ..algebra.keys import TooLargeError
from ..declare.blocks import read_symbols
from ..declare.convention import vectors
from ..declare.network import Network
from ..derive.abstract import grounded
from ..derive.given import in_words
from ..derive.shorten import shortened
from ..errors import GradcheckError, IllFormedError
from ..formula import Reading, describe, mends, read_all, readings
from ..formula.statement import Statement
from ..printing import latex as latex_of
from ..printing import matrix_form
from .arguments import checked_arguments, demand_formula
from .families.families import check_layers
from .families.parities import check_parities, halved
from .kinds.rounding import holds_rounded
from .ladder import Outcome
from .links import Link, links
from .question import Question
from .sentences import covered
from .verdict import Verdict, VerdictName

SECONDS = 20.0
_BEHIND = r"\}*(?:[\^_](?:\{[^{}]*\}|\w))*\s*(?:\\left\s*)?\("
_SEVERITY: tuple[VerdictName, ...] = ("wrong", "ill-formed", "undecided", "conditional", "agrees", "proved")
_ASIDE = re.compile(r",\s*(?:\\[ ,;:!]|\\q?quad\b|\\text\{|where\b|~)|\\text\{\s*(?:at|where|with|for)\b")


def check(
    network: Network,
    latex: str,
    *,
    assume: Sequence[str] | str = (),
    layout: Literal["denominator", "numerator"] | None = None,
    reading: Literal["total", "partial"] | None = None,
    seed: int = 0,
) -> Verdict:
    r"""Judge one claim, written in LaTeX, against a network.

    assume: relations that may be taken for granted, such as "x_1 > 0". layout: "denominator" or
    "numerator". reading: "total" or "partial" derivatives. Raises FormulaError where the formula can't
    be read.

    >>> import gradcheck
    >>> net = gradcheck.network("input x\nparameter w\nloss l = (w x)^2")
    >>> gradcheck.check(net, r"\frac{dl}{dw} = 2 w x").verdict
    'wrong'
    """
    begun = time.perf_counter()
    given = checked_arguments(network, latex, assume, seed, layout=layout, reading=reading)
    taken = Reading(layout=layout, derivative=reading or "total", vectors=vectors(network))
    with deadline(SECONDS):
        try:
            verdict = _checked(network, latex, taken, given, seed)
        except TooLargeError as error:
            verdict = Verdict("undecided", evidence=(str(error),), claimed=latex)
    return replace(verdict, seconds=time.perf_counter() - begun)


def _checked(network: Network, latex: str, taken: Reading, assume: tuple[str, ...], seed: int) -> Verdict:
    """The verdict under the reading taken; if that refutes the claim, under the others too."""

    def alone(one: Network, text: str, under: Sequence[str]) -> Verdict:
        return _of_one(one, text, taken, tuple(under), seed)

    if network.family is not None:
        try:
            return check_layers(network, latex, assume, alone, taken, seed)
        except IllFormedError as error:
            return ill_formed(network, latex, taken, assume, error, seed)
    if sizes := halved(network, (latex, *assume)):
        return check_parities(network, sizes, latex, assume, alone)
    return alone(network, latex, assume)


def _of_one(network: Network, latex: str, taken: Reading, assume: tuple[str, ...], seed: int) -> Verdict:
    """The verdict on a claim about one network of no generic layer and no size that may be even or odd."""
    try:
        verdict = judge(network, read_all(latex, network.notation, reading=taken), assume, seed)
    except IllFormedError as error:
        return ill_formed(network, latex, taken, assume, error, seed)
    if verdict.verdict in ("wrong", "conditional") and verdict.counterexample is not None:
        return otherwise_read(network, latex, taken, assume, verdict, seed)
    return _unless_a_factor(network, latex, taken, assume, verdict, seed)


def _named(network: Network, latex: str) -> bool:
    """Whether a node other than the loss stands before a parenthesis; J(w) is the loss at its arguments."""
    names = [n.tensor.name for n in network.nodes if n.tensor != network.loss]
    return any(re.search(re.escape(name) + _BEHIND, latex) for name in names)


def _unless_a_factor(
    network: Network, latex: str, taken: Reading, assume: tuple[str, ...], verdict: Verdict, seed: int
) -> Verdict:
    """A claim with a node before a parenthesis, e (x), is proved only if it holds as a product too, where that fits."""
    if verdict.verdict not in ("proved", "agrees") or not _named(network, latex):
        return verdict
    product = _under(network, latex, replace(taken, arguments="product"), assume, seed)
    if product is None or product.verdict in ("ill-formed", verdict.verdict):
        return verdict
    said = "a name in parentheses behind another one is read as its argument"
    evidence = (*verdict.evidence, f"read as a factor: {product.verdict}", *product.evidence)
    counter = product.counterexample
    return replace(verdict, verdict="conditional", conditions=(said,), evidence=evidence, counterexample=counter)


def equal(
    lhs: str, rhs: str, symbols: str | Network = "", *, assume: Sequence[str] | str = (), seed: int = 0
) -> Verdict:
    r"""Judge an identity between two expressions over declared symbols.

    symbols: the text of a symbols block, or what `gradcheck.network` returns.

    >>> equal(r"\tanh x", r"2\operatorname{sigmoid}(2x) - 1", "input x").verdict
    'proved'
    """
    for side in (lhs, rhs):
        demand_formula(side)
    network = read_symbols(symbols) if isinstance(symbols, str) else symbols
    aside = _ASIDE.search(lhs)  # "a, p = softmax(z)": what is said aside holds for both sides
    left, rest = (lhs[: aside.start()], lhs[aside.start() :]) if aside else (lhs, "")
    return check(network, f"{left} = {rhs}{rest}", assume=assume, seed=seed)


def judge(network: Network, statements: Sequence[Statement], assume: Sequence[str], seed: int) -> Verdict:
    """The verdict on what has been read: the worst of all its links, the odd ones named."""
    network = grounded(network)
    every = [one for s in statements for one in (s, *s.also)]
    found = [(s, link) for s in every for link in links(network, s, assume)]
    if not found:
        return Verdict("undecided", kind="identity", evidence=("this formula states no relation",))
    verdicts = [_concluded(link, statement, seed) for statement, link in found]
    worst = min(verdicts, key=lambda v: _SEVERITY.index(v.verdict))
    if len(verdicts) == 1:
        return worst
    if all(v.verdict == worst.verdict for v in verdicts):
        said = [f"all {len(verdicts)} links have this verdict"]
    else:
        said = [f"{v.claimed} is {v.verdict}" for v in verdicts]
    return replace(worst, evidence=(*worst.evidence, *said))


def _concluded(link: Link, statement: Statement, seed: int) -> Verdict:
    """The verdict on one link of a chain."""
    question = link.question
    outcome = link.decide(seed)
    total = how_read(question)
    verdict = Verdict(
        "undecided",
        kind=link.kind,
        reading=(*statement.readings, *total),
        claimed=link.claimed,
        derived=derived_text(link),
        evidence=outcome.evidence,
    )
    if outcome.status == "refuted":
        return _refuted(verdict, statement, link, outcome, seed)
    if outcome.status == "proved":
        verb = "equal" if link.kind in ("gradient", "identity") else "holds"
        return replace(verdict, verdict="proved", evidence=(covered(question, outcome, verb), *outcome.evidence))
    if outcome.status in ("undefined", "contradiction"):
        return replace(verdict, verdict="ill-formed")
    return replace(verdict, verdict="agrees" if outcome.status == "agrees" else "undecided")


def how_read(question: Question) -> tuple[str, ...]:
    """How derivatives were read: through every path, the entries of a symmetric matrix each on its own."""
    if question.derived is None:
        return ()
    said = ["derivatives are total, through every declared path"]
    by = {n.wrt.tensor for n in walk(question.derived) if isinstance(n, Derivative)}
    said += [f"the entries of {t.name} vary freely, each on its own" for t in by if t.facts & {SYMMETRIC, SKEW}]
    return tuple(said)


def derived_text(link: Link) -> str:
    """What the left side really is, in textbook shape: whole arrays where the claim speaks of whole arrays.

    Empty where nothing was derived: the left side as it was written is no news.
    """
    if not link.derives:
        return ""
    question, notation = link.question, link.question.network.notation
    said = in_words(question.network, question.left)
    left = shortened(question.network, said)
    nested = shortened(question.network, said, join=False) if link.axes else left
    # An index that only the claim has, a sample that is not summed over, is no axis of what is derived.
    axes = question.free[: link.axes]
    free = tuple(i for i in question.free if i in axes or i in question.left.free)
    whole = matrix_form(nested, free, notation) if link.axes else None
    return whole or latex_of(left, notation, free)


def _refuted(verdict: Verdict, statement: Statement, link: Link, outcome: Outcome, seed: int) -> Verdict:
    verdict = replace(verdict, counterexample=outcome.counterexample)
    found = outcome.separation
    if found is None:  # refuted by exact values, which no reading or condition of a formula changes
        return replace(verdict, verdict="wrong")
    rounded = holds_rounded(statement.text, found, seed)
    if rounded:
        return replace(verdict, verdict="conditional", conditions=("to the digits written",), evidence=(rounded,))
    saved = link.saved(seed)
    evidence = (refutation(outcome), *outcome.evidence, *saved.notes)
    if saved.conditions:
        return replace(verdict, verdict="conditional", conditions=saved.conditions, evidence=evidence)
    return replace(verdict, verdict="wrong", evidence=evidence)


def refutation(outcome: Outcome) -> str:
    """The evidence sentence of a counterexample."""
    c = outcome.counterexample
    assert c is not None
    at = ", ".join([*(f"{k} = {v}" for k, v in c.sizes.items()), *(f"{k} = {v}" for k, v in c.functions.items())])
    entry = f" at entry ({', '.join(map(str, c.entry))})" if c.entry else ""
    said = f"claimed {c.claimed:.10g}, derived {c.derived:.10g}{entry}"
    said += f"; derived - claimed lies in [{c.difference[0]}, {c.difference[1]}]"
    if c.finite_difference is not None:
        said += f"; finite difference {c.finite_difference:.10g} ± {c.error:.1g}"
    return said + (f" ({at})" if at else "")


def otherwise_read(
    network: Network, latex: str, taken: Reading, assume: tuple[str, ...], verdict: Verdict, seed: int
) -> Verdict:
    """A refuted claim under its other admissible readings: if only another one holds, that is said, not `wrong`."""
    for other in _others(readings, latex, network):
        if other == taken:
            continue
        found = _under(network, latex, other, assume, seed)
        if found is not None and found.verdict == "proved":
            said = describe(other)
            return replace(
                verdict, verdict="conditional", conditions=said, evidence=(*verdict.evidence, *found.evidence)
            )
    return verdict


def ill_formed(
    network: Network, latex: str, taken: Reading, assume: tuple[str, ...], error: IllFormedError, seed: int
) -> Verdict:
    """A claim whose shapes or indices clash, with the readings that would make it well formed and their verdicts."""
    product = (
        _under(network, latex, replace(taken, arguments="product"), assume, seed) if _named(network, latex) else None
    )
    if product is not None and product.verdict != "ill-formed":
        said = "a name in parentheses behind another one is read as a factor"
        return replace(product, reading=(*product.reading, said))
    evidence = [error.what, *(f"{w} {p}" for w, p in (("got", error.got), ("expected", error.expected)) if p)]
    if error.hint:
        evidence.append(error.hint)
    kind = "identity"
    freer = (replace(taken, vectors="adjoints"), replace(taken, vectors=None)) if taken.vectors else ()
    changed = (*_others(mends, latex, network, taken), *_others(mends, latex, network))
    for other in dict.fromkeys((*freer, *changed)):
        found = _under(network, latex, other, assume, seed)
        if found is None or found.verdict == "ill-formed":
            continue
        kind = found.kind
        how = describe(other) or tuple(r for r in found.reading if "read as" in r)
        said = f"{', '.join(how) or 'with each vector a row or a column as it is used'}: {found.verdict}"
        evidence += [said] if said not in evidence else []
        if found.verdict == "proved" and other.layout and not other.mend:
            return replace(found, verdict="conditional", conditions=describe(other), evidence=tuple(evidence))
    return Verdict("ill-formed", kind=kind, evidence=tuple(evidence), claimed=latex)


def _others(
    find: Callable[..., tuple[Reading, ...]], latex: str, network: Network, *taken: Reading
) -> tuple[Reading, ...]:
    try:
        return find(latex, network.notation, *taken)
    except GradcheckError:
        return ()


def _under(network: Network, latex: str, other: Reading, assume: tuple[str, ...], seed: int) -> Verdict | None:
    try:
        return judge(network, read_all(latex, network.notation, reading=other), assume, seed)
    except GradcheckError:
        return None
