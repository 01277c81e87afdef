"""Verdicts and derivations show themselves in a notebook, without IPython."""

from __future__ import annotations

import subprocess
import sys

import pytest

import gradcheck
from gradcheck.derive import gradients

from .pages import NAMES, judged
from .test_html import Reader

NETWORK = r"""
index i = 1..m
input x^{(i)} : n
input y^{(i)}
parameter w_{hy} : n
a^{(i)} = \tanh(w_{hy}^T x^{(i)})
loss MSE = \sum_{i=1}^{m} (a^{(i)} - y^{(i)})^2
"""
KINDS = {"text/html", "text/latex", "text/plain"}


def check_bundle(bundle: dict[str, str]) -> None:
    assert set(bundle) == KINDS
    assert sum(len(text.encode("utf-8")) for text in bundle.values()) < 30_000
    Reader(bundle["text/html"])
    assert "<script" not in bundle["text/html"]
    assert bundle["text/plain"]


def test_a_derivation_shows_its_result_in_both_forms_and_its_steps() -> None:
    shown = gradcheck.gradient(gradcheck.network(NETWORK), "w_{hy}")._repr_mimebundle_()
    check_bundle(shown)
    assert shown["text/html"].count("border:1.5px solid") == 2
    assert "<summary>" in shown["text/html"]
    assert shown["text/latex"].startswith("$$")
    assert "∂MSE/∂" in shown["text/plain"]


@pytest.mark.parametrize("name", NAMES)
def test_every_verdict_and_every_derivation_of_the_documents_fits_into_a_cell(name: str) -> None:
    document, report = judged(name)
    for finding in report.findings:
        shown = finding.verdict._repr_mimebundle_()
        check_bundle(shown)
        assert finding.verdict.verdict in shown["text/html"]
        assert shown["text/plain"].startswith(finding.verdict.verdict)
    for network in document.networks:
        for derivation in gradients(network).values() if network.loss is not None else ():
            check_bundle(derivation._repr_mimebundle_())


def test_what_a_notebook_shows_of_a_wrong_claim_is_complete() -> None:
    network = gradcheck.network(NETWORK)
    verdict = gradcheck.check(network, r"\frac{\partial MSE}{\partial w_{hy}} = \sum_{i=1}^{m} a^{(i)} x^{(i)}")
    assert verdict.verdict == "wrong"
    shown = verdict._repr_mimebundle_()
    assert all(word in shown["text/plain"] for word in ("claimed", "derived", "finite difference"))
    assert "×" in shown["text/html"]


def test_showing_imports_no_notebook_software() -> None:
    program = (
        "import sys, gradcheck\n"
        "net = gradcheck.network('input x\\nparameter w\\nloss l = (w x)^2')\n"
        "gradcheck.gradient(net, 'w')._repr_mimebundle_()\n"
        "heavy = ('IPython', 'ipykernel', 'jupyter_core', 'matplotlib')\n"
        "print([m for m in sys.modules if m.partition('.')[0] in heavy])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
