"""What is handed to `check`, looked at before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

from ..declare.network import Network
from ..errors import DeclarationError, FormulaError, GradcheckError, demand

_CHOICES = {"layout": ("denominator", "numerator"), "reading": ("total", "partial")}


def checked_arguments(
    network: object, latex: object, assume: Sequence[str] | str, seed: object, **chosen: str | None
) -> tuple[str, ...]:
    """The assumptions one by one. Raises where an argument is of another type, or a word that is no choice."""
    demand_network(network)
    demand_formula(latex)
    for key, word in chosen.items():
        if word is not None and word not in _CHOICES[key]:
            raise FormulaError(f"unknown {key}", got=repr(word), expected=" or ".join(_CHOICES[key]))
    demand(assume, (str, list, tuple), "assumptions", FormulaError, expected='relations such as ["x > 0"]')
    given = (assume,) if isinstance(assume, str) else tuple(assume)
    for relation in given:
        demand(relation, str, "an assumption", FormulaError, expected='a relation such as "x > 0"')
    demand(seed, Integral, "a seed", GradcheckError, expected="a whole number")
    return given


def demand_network(network: object) -> None:
    """Raise where this is no network."""
    hint = "gradcheck.network(text) makes one of the text of a network block"
    demand(network, Network, "a network", DeclarationError, expected="a declared network", hint=hint)


def demand_formula(latex: object) -> None:
    """Raise where this is no text."""
    demand(latex, str, "a formula", FormulaError, expected="a string of LaTeX")
