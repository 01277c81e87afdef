"""Conditions that save a refuted claim, each verified by the same ladder before it is offered.

A condition is tried only if it does not already follow, is never one that makes both sides vanish, and
counts as `conditional` only if it speaks of data, functions, hyper-parameters, layout or reading
(soundness note); what only a closed gate or a special value or symmetry of a trainable parameter saves
stays wrong, and says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..algebra import facts
from ..algebra.budget import deadline, is_over
from ..algebra.expressions import (
    Apply,
    Compare,
    Delta,
    Elem,
    Expr,
    Extremum,
    Num,
    negate,
    tensors,
    walk,
)
from ..algebra.functions import LOG, SIGMOID, TANH, Function
from ..algebra.index import Index, Tensor
from ..algebra.keys import TooLargeError
from ..algebra.normal_form.normal import normal
from ..algebra.normal_form.powers import UndefinedError
from ..algebra.normal_form.products import MAX_WORK
from ..algebra.polynomials import expression, leading, scaled
from ..algebra.signs.knowledge import Knowledge
from ..declare.network import Node
from ..derive import resolve
from ..errors import GradcheckError
from ..printing import unicode as unicode_of
from .ladder import proof
from .proof.prove import MOST_TO_LEARN, Attempt, with_equalities
from .question import Assumption, Question, expanded

MAX_TRIED = 24
SECONDS = 6.0
"""For the whole search, hundreds of times what the claims of a document need."""


@dataclass(frozen=True)
class Candidate:
    """A changed question, the condition in words, and whether it saves a gradient claim or only explains it."""

    question: Question
    text: str
    saves: bool


@dataclass(frozen=True)
class Saved:
    """The conditions under which a claim holds, or notes on what alone would save it."""

    conditions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def saving_conditions(question: Question, seed: int) -> Saved:
    """The first verified condition that saves the claim; sides of a gate are tried together."""
    trivial = not _is_number(question.right)
    with deadline(SECONDS):
        for candidate in itertools.islice(_candidates(question), MAX_TRIED):
            if not _holds(candidate.question, seed, trivial):
                continue
            if candidate.saves or question.derived is None:
                return Saved((candidate.text,))
            return Saved(notes=(f"holds only if {candidate.text}",))
        if is_over():
            return Saved(notes=("not every condition was tried: the search took too many seconds",))
    return Saved()


def _holds(question: Question, seed: int, trivial: bool) -> bool:
    """Whether the changed question is proved, and not (where that would be trivial) as 0 = 0."""
    try:
        outcome = proof(question, seed)
    except (TooLargeError, UndefinedError, GradcheckError):
        return False
    return outcome is not None and not (trivial and _vanishes(question, outcome.attempt))


def _vanishes(question: Question, attempt: Attempt) -> bool:
    """Whether the condition makes the derived side zero, so that it says nothing about the formula."""
    side = with_equalities(question, question.left)
    try:
        for _ in range(20):
            if not normal(side, attempt.known):
                return True
            further = with_equalities(question, expanded(side, question.network))
            if further == side:
                return False
            side = further
    except (TooLargeError, UndefinedError):
        return False
    return False


def _is_number(expr: Expr) -> bool:
    return isinstance(expr, Num)


def _candidates(question: Question) -> Iterator[Candidate]:
    yield from _readings(question)
    yield from _function_facts(question)
    yield from _array_facts(question)
    yield from _signs(question)
    yield from _equal_entries(question)
    yield from _positions(question)
    yield from _hyperparameters(question)
    yield from _larger_sizes(question)


# Readings ----------------------------------------------------------------------------------------------


def _readings(question: Question) -> Iterator[Candidate]:
    """The partial derivative, and the transpose of a matrix claim."""
    if question.derived is not None:
        try:
            partial = resolve(question.network, question.derived, reading="partial")
        except GradcheckError:
            partial = question.left
        if partial != question.left:
            witness = _as_partial(question.derived)
            text = "the derivative is partial: only where the variable stands in the formula itself"
            yield Candidate(replace(question, left=partial, derived=witness), text, True)
        tied = resolve(question.network, question.derived, entries="tied")
        if tied != question.left:
            text = "the entries on both sides of the diagonal of a symmetric matrix vary together"
            yield Candidate(replace(question, left=tied, derived=None), text, True)


def _as_partial(expr: Expr) -> Expr:
    from ..algebra.expressions import Derivative

    if isinstance(expr, Derivative):
        return Derivative(_as_partial(expr.body), expr.wrt, "partial")
    children = expr.children()
    return expr.rebuild(tuple(_as_partial(c) for c in children)) if children else expr


# Facts -------------------------------------------------------------------------------------------------


def _function_facts(question: Question) -> Iterator[Candidate]:
    for f in question.functions():
        for fact in (facts.EVEN, facts.ODD, facts.ZERO_AT_ZERO):
            if fact in f.facts:
                continue
            better = Function(f.name, f.latex, facts=f.facts | {fact})
            word = f"{f.name}(0) = 0" if fact == facts.ZERO_AT_ZERO else f"{f.name} is {fact}"
            yield Candidate(question.with_functions({f: better}), word, True)
        for known, word in ((SIGMOID, "the logistic function"), (TANH, "tanh")):
            if f.facts <= known.facts:
                yield Candidate(question.with_functions({f: known}), f"{f.name} is {word}", True)


_MATRIX_FACTS = (facts.SYMMETRIC, facts.ORTHOGONAL)
_PROBABILITIES = frozenset({facts.SIMPLEX, facts.NONNEGATIVE, facts.BINARY, facts.POSITIVE})


def _array_facts(question: Question) -> Iterator[Candidate]:
    trainable = set(question.network.parameters)
    for t in question.leaves():
        square = len(t.dims) == 2 and t.dims[0] == t.dims[1]
        wanted: tuple[str, ...] = _MATRIX_FACTS if square else ()
        if len(t.dims) == 1:
            wanted = (facts.ONE_HOT, facts.SIMPLEX) if t.facts & _PROBABILITIES else (facts.UNIT_NORM,)
        for fact in wanted:
            if fact not in t.facts:
                yield Candidate(with_fact(question, t, fact), f"{t.name} is {fact}", t not in trainable)


def with_fact(question: Question, tensor: Tensor, fact: str) -> Question:
    """The same question with one more fact declared of a leaf."""
    better = Tensor(tensor.name, tensor.dims, tensor.facts | {fact})

    def change(expr: Expr) -> Expr:
        return _retyped(expr, better)

    def swap(kept: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple(better if t == better else t for t in kept)

    network = question.network
    nodes = tuple(Node(n.tensor, n.indices, change(n.formula), n.latex, n.line) for n in network.nodes)
    inputs, parameters, constants = swap(network.inputs), swap(network.parameters), swap(network.constants)
    return replace(
        question,
        network=replace(network, nodes=nodes, inputs=inputs, parameters=parameters, constants=constants),
        left=change(question.left),
        right=change(question.right),
        derived=None if question.derived is None else change(question.derived),
    )


def _retyped(expr: Expr, better: Tensor) -> Expr:
    if isinstance(expr, Elem):
        return Elem(better, expr.slots) if expr.tensor == better else expr
    children = expr.children()
    return expr.rebuild(tuple(_retyped(c, better) for c in children)) if children else expr


# Signs -------------------------------------------------------------------------------------------------


def _signs(question: Question) -> Iterator[Candidate]:
    """For each gate in the difference: what decides it is positive, or negative."""
    trainable = set(question.network.parameters)
    for gap in _gate_arguments(question):
        nodes = {n.tensor for n in question.network.nodes}
        speaks_of_data = not (tensors(gap) & (trainable | nodes))
        for sided, sign in ((gap, "> 0"), (negate(gap), "< 0")):
            text = f"{unicode_of(gap, question.network.notation)} {sign}"
            assumption = Assumption(sided, ">", text)
            yield Candidate(replace(question, assumptions=(*question.assumptions, assumption)), text, speaks_of_data)


def _gate_arguments(question: Question) -> list[Expr]:
    """What decides a gate, as written, through every node; and what stands in every logarithm or maximum."""
    found: dict[Expr, None] = {}
    expr = question.difference
    for _ in range(20):
        for node in walk(expr):
            if isinstance(node, Compare) and node.relation in (">", ">="):
                found.setdefault(node.left - node.right)
            elif isinstance(node, Apply) and (node.function.has_kink or node.function is LOG):
                found.setdefault(node.argument)
        further = expanded(expr, question.network)
        if further is expr:
            break
        expr = further
    if any(isinstance(n, Extremum) for n in walk(expr)):
        found.update((Elem(t), None) for t in question.leaves() if not t.dims and not t.facts)
    own = set(question.free)
    return [_oriented(u, question) for u in itertools.islice((u for u in found if u.free <= own), 6)]


def _oriented(gap: Expr, question: Question) -> Expr:
    """A gate's argument in normal form, leading with a positive coefficient, unless it reads better as written."""
    try:
        poly = normal(gap, Knowledge(smallest=dict(question.network.dims), work=[MAX_WORK - MOST_TO_LEARN]))
    except (TooLargeError, UndefinedError):
        return gap
    if not poly:
        return gap
    oriented = expression(scaled(poly, 1 / leading(poly).coefficient))
    notation = question.network.notation
    return gap if len(unicode_of(gap, notation)) < len(unicode_of(oriented, notation)) else oriented


# Equal entries -----------------------------------------------------------------------------------------


def _equal_entries(question: Question) -> Iterator[Candidate]:
    """All entries of a vector (of each row of an array) are one number: equal targets, equal inputs."""
    if not question.network.nodes:
        return
    trainable = set(question.network.parameters)
    settled = {t for t, _ in question.equalities}
    for t in question.leaves():
        if not t.dims or t in settled:
            continue
        indices = tuple(Index("ijkl"[n % 4], d) for n, d in enumerate(t.dims))
        common = Elem(Tensor(f"c_{{{t.name}}}", t.dims[:-1]), indices[:-1])
        chosen = (*question.equalities, (t, (indices, common)))
        yield Candidate(replace(question, equalities=chosen), f"all entries of {t.name} are equal", t not in trainable)


# Positions ---------------------------------------------------------------------------------------------


def _positions(question: Question) -> Iterator[Candidate]:
    """Free positions that coincide, or differ: only for identities, and only where a delta occurs."""
    if question.derived is not None or not any(isinstance(n, Delta) for n in walk(question.difference)):
        return
    free = question.free
    for n, i in enumerate(free):
        for j in free[n + 1 :]:
            if i.dim == j.dim:
                yield Candidate(_distinct(question, i, j), f"{i.name} ≠ {j.name}", True)


def _distinct(question: Question, i: Index, j: Index) -> Question:
    return replace(question, left=_without_delta(question.left, i, j), right=_without_delta(question.right, i, j))


def _without_delta(expr: Expr, i: Index, j: Index) -> Expr:
    if isinstance(expr, Delta):
        return Num(0) if {expr.left, expr.right} == {i, j} else expr
    children = expr.children()
    return expr.rebuild(tuple(_without_delta(c, i, j) for c in children)) if children else expr


# Hyper-parameters --------------------------------------------------------------------------------------


def _hyperparameters(question: Question) -> Iterator[Candidate]:
    """A declared constant at 0 or 1."""
    for t in question.network.constants:
        if t.dims or t not in question.leaves():
            continue
        for value in (0, 1):
            chosen = (*question.equalities, (t, ((), Num(value))))
            yield Candidate(replace(question, equalities=chosen), f"{t.name} = {value}", True)


# Sizes -------------------------------------------------------------------------------------------------


def _larger_sizes(question: Question) -> Iterator[Candidate]:
    """One size that is larger than the smallest one admitted."""
    used = question.dims()
    for name, least in question.network.dims:
        if name in used:
            dims = tuple((n, m + (n == name)) for n, m in question.network.dims)
            network = replace(question.network, dims=dims)
            yield Candidate(replace(question, network=network), f"{name} ≥ {least + 1}", True)
