"""Every small change of a proved claim comes out wrong, conditional, ill-formed or unreadable, never proved.

A mutant that does come out proved has to be an equal one: SymPy, expanding both sides over all entries
at two distinct sizes, must find no difference.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import sympy
from mutations import mutants

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
PER_CLAIM = 8
SETTLED = ("wrong", "conditional", "ill-formed", "undecided")


def claims() -> list[tuple[str, Equation]]:
    found = []
    for path in sorted(DOCUMENTS.glob("*.md")):
        document = read_document(path)
        plain = [e for e in document.claims if e.anchor and not e.known and not e.assume]  # SymPy knows no assumptions
        plain = [e for e in plain if r"\frac{" in e.statement.partition("=")[0]]  # gradients: an update may be scaled
        found += [(f"{document.stem}/{e.name}", e) for e in plain if e.network and e.network.family is None]
    return found


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


@pytest.mark.parametrize(("name", "equation"), claims(), ids=lambda v: v if isinstance(v, str) else "")
def test_no_mutant_of_a_claim_is_proved(name: str, equation: Equation) -> None:
    network = equation.network
    assert network is not None
    changed = list(mutants(equation.statement, symbols_of(network)))
    random.Random(name).shuffle(changed)
    survivors = []
    for latex in changed[:PER_CLAIM]:
        try:
            verdict = check(network, latex, assume=equation.assume).verdict
        except GradcheckError:
            continue
        if verdict not in SETTLED and not equal_by_sympy(network, latex):
            survivors.append((verdict, latex))
    assert not survivors
