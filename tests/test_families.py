"""Claims about a layer l of networks of any depth: proved in a window of layers, where a window is enough."""

from __future__ import annotations

import pytest

from gradcheck.compare import check
from gradcheck.declare import read_network
from gradcheck.errors import FormulaError

DEEP = r"""
family l = 1..L
input x^{(0)} : d^{(0)}
parameter w^{(l)} : d^{(l-1)}, d^{(l)}
function g
x_j^{(l)} = g(\sum_{i=1}^{d^{(l-1)}} w_{ij}^{(l)} x_i^{(l-1)})
loss \mathcal{L}
adjoint \delta^{(l)} = \frac{\partial \mathcal{L}}{\partial x^{(l)}}
"""
SHARED = r"""
family l = 1..L
input x^{(0)} : n
parameter W : n, n
parameter b^{(l)} : n
constant c
function g
x^{(l)} = g(c W x^{(l-1)} + b^{(l)})
loss \mathcal{L}
adjoint \delta^{(l)} = \frac{\partial \mathcal{L}}{\partial x^{(l)}}
"""
PENALISED = r"""
family l = 1..L
input x^{(0)} : d^{(0)}
parameter w^{(l)} : d^{(l-1)}, d^{(l)}
constant \lambda
parameter \theta
function g
x_j^{(l)} = g(\sum_{i=1}^{d^{(l-1)}} w_{ij}^{(l)} x_i^{(l-1)})
q^{(l)} = \sum_{ij} (w_{ij}^{(l)})^2
loss J = \sum_j (x_j^{(L)})^2 + <PENALTY>
adjoint \delta^{(l)} = \frac{\partial J}{\partial x^{(l)}}
"""
ROWS = r"""
family l = 2..L
input a^{(1)} : S_1
input y : S_L
parameter W^{(l-1)} : S_{l-1}, S_l
function f
z^{(l)} = a^{(l-1)} W^{(l-1)}
a^{(l)} = f(z^{(l)})
loss J = \frac{1}{2} (y - a^{(L)})^2
adjoint \delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}
"""
SLOPE = r"g'(\sum_k w_{kj}^{(l)} x_k^{(l-1)})"
BY_WEIGHT = r"\frac{\partial \mathcal{L}}{\partial w_{ij}^{(l)}} = "
BY_C = r"\frac{\partial \mathcal{L}}{\partial c} = "
AFFINE = r"g'(c \sum_k W_{ik} x_k^{(l-1)} + b_i^{(l)})"
CLAIMS: list[tuple[str, str, str]] = [
    (DEEP, BY_WEIGHT + r"\delta_j^{(l)} " + SLOPE + r" x_i^{(l-1)}", "proved"),
    (DEEP, BY_WEIGHT + r"\delta_j^{(l)} " + SLOPE + r" x_i^{(l)}", "ill-formed"),
    (DEEP, r"\delta_i^{(l-1)} = \sum_j \delta_j^{(l)} " + SLOPE + r" w_{ij}^{(l)}", "proved"),
    (DEEP, r"\delta_i^{(l-1)} = 2 \sum_j \delta_j^{(l)} " + SLOPE + r" w_{ij}^{(l)}", "wrong"),
    (ROWS, r"\delta^{(L)} = -(y - a^{(L)}) \odot f'(z^{(L)})", "proved"),
    (ROWS, r"\delta^{(L)} = (y - a^{(L)}) \odot f'(z^{(L)})", "wrong"),
    (ROWS, r"\delta^{(l)} = (W^{(l)} \delta^{(l+1)}) \odot f'(z^{(l)})", "proved"),
    (ROWS, r"\delta^{(l)} = ((W^{(l)})^T \delta^{(l+1)}) \odot f'(z^{(l)})", "ill-formed"),
    (SHARED, r"\frac{\partial \mathcal{L}}{\partial b_i^{(l)}} = \delta_i^{(l)} " + AFFINE, "proved"),
    (SHARED, r"\frac{\partial \mathcal{L}}{\partial W_{ij}} = c \delta_i^{(l)} " + AFFINE + " x_j^{(l-1)}", "wrong"),
    (SHARED, BY_C + r"\sum_{ij} \delta_i^{(l)} " + AFFINE + " W_{ij} x_j^{(l-1)}", "wrong"),
]  # fmt: skip
GRADIENT = (
    r"\frac{\partial J}{\partial w_{ij}^{(l)}} = \delta_j^{(l)} g'(\sum_k w_{kj}^{(l)} x_k^{(l-1)}) x_i^{(l-1)} + "
)
# the penalty, the gradient's last term or a whole claim, and what the verdict may be
SUMS: list[tuple[str, str, set[str]]] = [
    (r"\frac{\lambda}{2} \sum_{l=1}^{L} q^{(l)}", r"\lambda w_{ij}^{(l)}", {"proved"}),
    (r"\frac{\lambda}{2} \sum_{l=1}^{L} q^{(l)}", r"2 \lambda w_{ij}^{(l)}", {"wrong", "conditional"}),
    (r"\frac{\lambda}{2} \sum_{l=1}^{L} \sum_{ij} (w_{ij}^{(l)})^2", r"\lambda w_{ij}^{(l)}", {"proved"}),
    (r"\theta \sum_{l=1}^{L} q^{(l)}", r"2 \theta w_{ij}^{(l)}", {"proved"}),
    (r"\theta \sum_{l=1}^{L} q^{(l)}", r"\frac{\partial J}{\partial \theta} = q^{(l)}", {"wrong"}),
    (r"\lambda \sum_{l=1}^{L} q^{(l)}", r"\frac{\partial J}{\partial \lambda} = q^{(l)}", {"wrong"}),
    (r"\frac{\lambda}{2} (\sum_{l=1}^{L} q^{(l)})^2", r"2 \lambda q^{(l)} w_{ij}^{(l)}", {"wrong", "conditional"}),
    (r"\frac{\lambda}{\sum_{l=1}^{L} q^{(l)}}", r"(-2 \lambda / (q^{(l)})^2) w_{ij}^{(l)}", {"wrong", "conditional"}),
    (r"\lambda / \sum_{l=1}^{L} q^{(l)}", r"(-2 \lambda / (q^{(l)})^2) w_{ij}^{(l)}", {"wrong", "conditional"}),
    (r"\sqrt{\sum_{l=1}^{L} q^{(l)}}", r"\frac{1}{\sqrt{q^{(l)}}} w_{ij}^{(l)}", {"wrong"}),
]  # fmt: skip


@pytest.mark.parametrize(("network", "claim", "wanted"), CLAIMS, ids=[claim for _, claim, _ in CLAIMS])
def test_a_claim_about_any_layer_is_decided(network: str, claim: str, wanted: str) -> None:
    verdict = check(read_network(network), claim)
    assert verdict.verdict == wanted, verdict.evidence


@pytest.mark.parametrize(("penalty", "claim", "wanted"), SUMS, ids=[f"{p}: {c}" for p, c, _ in SUMS])
def test_a_sum_over_layers_in_the_loss_is_seen_whole(penalty: str, claim: str, wanted: set[str]) -> None:
    whole = claim if "=" in claim else GRADIENT + claim
    verdict = check(read_network(PENALISED.replace("<PENALTY>", penalty)), whole)
    assert verdict.verdict in wanted, verdict.evidence


RECURSION = r"\delta_i^{(l)} = \sum_j \delta_j^{(l+1)} g'(\sum_k w_{kj}^{(l+1)} x_k^{(l)}) w_{ij}^{(l+1)}"
OWN = r" + 2 \lambda x_i^{(l)}"


@pytest.mark.parametrize(
    ("limits", "claim", "wanted"),
    [
        ("l=1}^{L}", RECURSION + OWN, {"proved"}),
        ("l=1}^{L-1}", RECURSION + OWN, {"proved"}),
        ("l=1}^{L}", RECURSION, {"wrong", "conditional"}),
        ("l=1}^{L}", RECURSION.replace("(l)", "(l-1)").replace("(l+1)", "(l)"), {"wrong", "conditional"}),
        ("l=1}^{L-2}", RECURSION + OWN, {"wrong", "conditional"}),
        ("l=2}^{L}", RECURSION + OWN, {"wrong", "conditional"}),
        ("l=4}^{L}", RECURSION + OWN, {"wrong", "conditional"}),
    ],
)
def test_the_ends_of_a_sum_over_layers_and_what_enters_a_window_are_seen(
    limits: str, claim: str, wanted: set[str]
) -> None:
    penalty = rf"\lambda \sum_{{{limits} \sum_j (x_j^{{(l)}})^2"
    verdict = check(read_network(PENALISED.replace("<PENALTY>", penalty)), claim)
    assert verdict.verdict in wanted, verdict.evidence
    assert not any("defect" in sentence for sentence in verdict.evidence)


def test_a_sum_over_layers_that_is_no_term_of_the_loss_keeps_a_right_claim_from_being_proved() -> None:
    network = read_network(PENALISED.replace("<PENALTY>", r"\lambda (\sum_{l=1}^{L} q^{(l)})"))
    verdict = check(network, GRADIENT + r"2 \lambda w_{ij}^{(l)}")
    assert verdict.verdict == "agrees"
    assert any("not a term of its own" in sentence for sentence in verdict.evidence)


def test_second_derivatives_of_an_abstract_loss_are_not_judged() -> None:
    with pytest.raises(FormulaError, match="second derivatives are unknown"):
        check(
            read_network(DEEP),
            r"\frac{\partial}{\partial w_{ij}^{(l)}} \frac{\partial \mathcal{L}}{\partial w_{ij}^{(l)}} = 0",
        )
