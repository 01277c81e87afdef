"""Logs of probabilities rewritten before anything is derived, so that neither the loss nor a gradient passes through 0.

log of e^a / (S T ...) becomes a - log S - log T ..., where each S is a sum of exponentials or 1 + e^u; log s(u)
becomes -softplus(-u) and log(1 - s(u)) becomes -softplus(u), with s the sigmoid. These are identities at every
point. A node of such a form is opened up inside a log; the node itself stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..algebra.expressions import UNIT, Add, Apply, Elem, Expr, Mul, Num, Pow, add, negate, replace_entries
from ..algebra.functions import LOG, SIGMOID, SOFTPLUS
from ..algebra.index import Index, Tensor
from ..declare.network import Network
from .stable import exponent_of, is_exponential_sum, one_plus_exp

Formulas = Mapping[Tensor, tuple[tuple[Index, ...], Expr]]


def without_logs_of_quotients(network: Network) -> Network:
    """The network with every log of a softmax or sigmoid rewritten."""
    formulas: dict[Tensor, tuple[tuple[Index, ...], Expr]] = {}
    nodes = []
    changed = False
    for node in network.nodes:
        formula = _rewritten(node.formula, formulas)
        changed = changed or formula is not node.formula
        nodes.append(node if formula is node.formula else replace(node, formula=formula))
        if _log_of(node.formula) is not None:
            formulas[node.tensor] = (node.indices, node.formula)
    return replace(network, nodes=tuple(nodes)) if changed else network


def _rewritten(expr: Expr, formulas: Formulas) -> Expr:
    children = expr.children()
    if not children:
        return expr
    new = tuple([_rewritten(c, formulas) for c in children])
    out = expr if all(a is b for a, b in zip(children, new, strict=True)) else expr.rebuild(new)
    if isinstance(out, Apply) and out.function == LOG and out.order == 0:
        found = _log_of(_opened(out.argument, formulas))
        return out if found is None else found
    return out


def _opened(expr: Expr, formulas: Formulas) -> Expr:
    """A node's entry, or 1 minus one, with the node's formula put in its place."""
    inner = _complement(expr) or expr
    return replace_entries(expr, formulas) if isinstance(inner, Elem) and inner.tensor in formulas else expr


def _complement(expr: Expr) -> Expr | None:
    """The v of 1 - v."""
    if isinstance(expr, Add) and len(expr.terms) == 2 and UNIT in expr.terms:
        other = expr.terms[0] if expr.terms[1] == UNIT else expr.terms[1]
        if isinstance(other, Mul) and len(other.factors) == 2 and other.factors[0] == Num(-1):
            return other.factors[1]
    return None


def _log_of(expr: Expr) -> Expr | None:
    """The log of a quotient of exponentials, or of a sigmoid; None for anything else."""
    complement = _complement(expr)
    if complement is not None:
        argument = _sigmoid_argument(complement)
        return None if argument is None else negate(Apply(SOFTPLUS, argument))
    terms = [_log_of_factor(f) for f in (expr.factors if isinstance(expr, Mul) else (expr,))]
    known = [t for t in terms if t is not None]
    return add(*known) if len(known) == len(terms) else None


def _log_of_factor(factor: Expr) -> Expr | None:
    argument = exponent_of(factor)
    if argument is not None:
        return argument
    argument = _sigmoid_argument(factor)
    if argument is not None:
        return negate(Apply(SOFTPLUS, negate(argument)))
    if isinstance(factor, Pow) and factor.exponent == Num(-1) and is_exponential_sum(factor.base):
        return negate(Apply(LOG, factor.base))
    return None


def _sigmoid_argument(expr: Expr) -> Expr | None:
    """The u of a sigmoid s(u), named or written out as 1 / (1 + exp(-u))."""
    if isinstance(expr, Apply) and expr.function == SIGMOID and expr.order == 0:
        return expr.argument
    if isinstance(expr, Pow) and expr.exponent == Num(-1):
        plus = one_plus_exp(expr.base)
        return None if plus is None else negate(plus)
    return None
