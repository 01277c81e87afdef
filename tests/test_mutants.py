"""Every small change of a proved claim comes out wrong, conditional, ill-formed or unreadable, never proved.

A mutant that does come out proved has to be an equal one. For a gradient of a network of given depth SymPy, expanding
both sides over all entries at two distinct sizes, must find no difference; for any other claim it must hold at every
point that is tried with plain numbers (`numeric_truth`).
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import sympy
from mutations import mutants
from numeric_truth import fails_somewhere

from gradcheck.algebra.expressions import Expr, replace_entries, substitute
from gradcheck.compare import check
from gradcheck.compare.pose import aligned
from gradcheck.declare.network import Network
from gradcheck.derive import resolve
from gradcheck.derive.expansion import Expansion, expand
from gradcheck.document import read_document
from gradcheck.document.values import Equation
from gradcheck.errors import GradcheckError
from gradcheck.formula import read

DOCUMENTS = Path(__file__).parent.parent / "derivations"
PER_CLAIM, FEWER = 8, 4
SETTLED = ("wrong", "conditional", "ill-formed", "undecided")


Named = tuple[str, Equation]


def claims() -> list[Named]:
    """The claims with an anchor that are not marked as known mistakes, but for directions and steps of updates.

    A step may be scaled, and a direction is not written as a formula.
    """
    found = []
    for path in sorted(DOCUMENTS.glob("*.md")):
        document = read_document(path)
        plain = [e for e in document.claims if e.anchor and not e.known and e.network and r"\text{ " not in e.statement]
        found += [(f"{document.stem}/{e.name}", e) for e in plain if not e.name.endswith("update")]
    return found


def is_simple(equation: Equation) -> bool:
    """Whether SymPy can be asked: an equality with a gradient on its left, without assumptions and generic layers."""
    network = equation.network
    gradient = r"\frac{" in equation.statement.partition("=")[0]
    plain = network is not None and network.family is None and not network.notation.sizes
    return gradient and plain and not equation.assume and r"\begin{aligned}" not in equation.statement


SIMPLE = [named for named in claims() if is_simple(named[1])]
OTHER = [named for named in claims() if not is_simple(named[1])]


def symbols_of(network: Network) -> tuple[str, ...]:
    return tuple(t.name for t in network.leaves if not t.dims)[:4]


def in_leaves(expr: Expr, network: Network) -> Expr:
    for node in reversed(network.nodes):
        expr = replace_entries(expr, {node.tensor: (node.indices, node.formula)})
    return expr


def equal_by_sympy(network: Network, latex: str) -> bool:
    statement = read(latex, network.notation)
    first = statement.sides[0]
    for other in statement.sides[1:]:
        gap = resolve(network, first.expr) - resolve(network, aligned(first, other))
        gap = in_leaves(gap, network)
        free = sorted(gap.free, key=lambda i: i.serial)
        for sizes in ({"n": 2, "m": 3, "d": 4}, {"n": 3, "m": 2, "d": 2}):
            names = {s for i in free for s in i.dim.symbols()} | {name for name, _ in network.dims}
            at = Expansion({name: sizes.get(name, 2) for name in names})
            for place in at.over(tuple(free)):
                if sympy.expand(expand(substitute(gap, {}), place)) != 0:
                    return False
    return True


def proved_mutants(name: str, equation: Equation, count: int) -> list[str]:
    network = equation.network
    assert network is not None
    changed = list(mutants(equation.statement, symbols_of(network)))
    random.Random(name).shuffle(changed)
    found = []
    for latex in changed[:count]:
        try:
            verdict = check(network, latex, assume=equation.assume).verdict
        except GradcheckError:
            continue
        if verdict not in SETTLED:
            found.append(latex)
    return found


@pytest.mark.parametrize(("name", "equation"), SIMPLE, ids=[name for name, _ in SIMPLE])
def test_no_mutant_of_a_claim_is_proved(name: str, equation: Equation) -> None:
    network = equation.network
    assert network is not None
    survivors = [m for m in proved_mutants(name, equation, PER_CLAIM) if not equal_by_sympy(network, m)]
    assert not survivors


@pytest.mark.parametrize(("name", "equation"), OTHER, ids=[name for name, _ in OTHER])
def test_no_mutant_of_a_claim_with_assumptions_or_of_another_kind_is_proved(name: str, equation: Equation) -> None:
    network = equation.network
    assert network is not None
    survivors = [m for m in proved_mutants(name, equation, FEWER) if fails_somewhere(network, m, equation.assume)]
    assert not survivors


def test_the_truth_that_mutants_are_held_against_knows_wrong_claims() -> None:
    for name, equation in OTHER:
        if name == "kate/loser-gradient":
            assert equation.network is not None
            wrong = equation.statement.replace(r"\alpha", r"2 \alpha")
            assert fails_somewhere(equation.network, wrong, equation.assume)
            assert fails_somewhere(equation.network, equation.statement, equation.assume) is False
