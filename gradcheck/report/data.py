"""A report as data: the networks, every gradient with its steps, and the claims as `check --format json` gives them."""

from __future__ import annotations

import json
from typing import Any

from ..declare.network import Network
from ..derive import Derivation, gradients
from ..document.findings import DocumentReport
from ..document.values import Document
from ..errors import GradcheckError
from ..printing import show_equation
from .json import SCHEMA_VERSION, claim, unread


def report_json(document: Document, report: DocumentReport, *, version: str, seed: int) -> str:
    """One JSON object, ASCII only; same input and seed give the same bytes, `seconds` aside."""
    tree = {
        "schema_version": SCHEMA_VERSION,
        "gradcheck": version,
        "seed": seed,
        "document": {"file": document.path, "title": document.title, "context": report.context},
        "networks": [network_data(network) for network in document.networks],
        "claims": [claim(finding) for finding in report.findings],
        "unread": [unread(equation) for equation in report.unread],
    }
    return json.dumps(tree, indent=2, allow_nan=False) + "\n"


def network_data(network: Network) -> dict[str, Any]:
    """A network and its gradients."""
    return {
        "name": network.name,
        "dims": dict(network.dims),
        "inputs": _shapes(network.inputs),
        "parameters": _shapes(network.parameters),
        "constants": _shapes(network.constants),
        "equations": [node.latex for node in network.nodes],
        "gradients": _gradients(network),
    }


def _shapes(tensors: tuple[Any, ...]) -> dict[str, list[str]]:
    return {tensor.name: [str(d) for d in tensor.dims] for tensor in tensors}


def _gradients(network: Network) -> list[dict[str, Any]]:
    if network.loss is None:
        return []
    try:
        found = gradients(network)
    except GradcheckError:
        return []
    return [gradient_data(found[t.name]) for t in network.parameters if t.name in found]


def gradient_data(derivation: Derivation) -> dict[str, Any]:
    """One gradient: index and matrix form (null where there is none), and the steps as LaTeX."""
    notation, indices = derivation.notation, derivation.indices
    return {
        "wrt": derivation.tensor.name,
        "index": show_equation(derivation.left, derivation.closed, indices, notation),
        "matrix": show_equation(derivation.left, derivation.nested, indices, notation, form="matrix"),
        "steps": [
            {"rule": step.rule, "about": [t.name for t in step.about], "latex": step.text("latex")}
            for step in derivation.steps
        ],
    }
