"""Emitted source can be saved, read and run by itself, whatever the names are."""

from __future__ import annotations

import ast
import keyword
import subprocess
import sys
from pathlib import Path
from typing import Any

import derive_networks as networks
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.algebra.dims import Dim
from gradcheck.algebra.expressions import Apply, Elem, total
from gradcheck.algebra.functions import GELU, SIGMOID, TANH, unspecified
from gradcheck.algebra.index import Index, Tensor
from gradcheck.declare.network import Network, Node
from gradcheck.evaluate import program

SIZES = {"n": 3, "m": 4, "d": 2, "k": 3, "p": 2}


def point(network: Network) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {t.name: rng.uniform(0.1, 0.9, [d.value(SIZES) for d in t.dims]) for t in network.leaves}


def run_alone(tmp_path: Path, source: str, network: Network) -> tuple[float, dict[str, Any]]:
    """Save the source, run its `gradients` in a fresh interpreter that may import NumPy only, read the results back."""
    (tmp_path / "saved.py").write_text(source, encoding="utf-8")
    np.savez(tmp_path / "point.npz", *point(network).values())
    script = (
        "import sys, numpy as np\n"
        "for name in ('gradcheck', 'sympy', 'scipy'):\n    sys.modules[name] = None\n"
        "import saved\n"
        "given = np.load('point.npz')\n"
        "loss, found = saved.gradients(*[given[name] for name in given.files])\n"
        "np.savez('found.npz', loss, *found.values())\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=tmp_path, check=True)
    found = list(np.load(tmp_path / "found.npz").values())
    return float(found[0]), dict(zip(program(network).gradients(point(network)), found[1:], strict=True))


@pytest.mark.parametrize("fast", [False, True], ids=["readable", "fast"])
@pytest.mark.parametrize("function", [TANH, SIGMOID, GELU], ids=lambda f: f.name)
def test_saved_source_runs_with_nothing_but_numpy(tmp_path: Path, function: Any, fast: bool) -> None:
    network = networks.mlp(function, 3)
    made = program(network)
    source = made.source_at(SIZES) if fast else made.source
    loss, found = run_alone(tmp_path, source, network)
    expected_loss, expected = made.loss_and_gradients(point(network))
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    for name, value in found.items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("build", networks.ALL, ids=lambda b: b.__name__)
def test_a_comment_names_every_node(build: Any) -> None:
    network = build()
    source = program(network).source
    forward = source[source.index("def forward") :]
    for node in network.nodes:
        assert f"# {node.tensor.name}" in forward


def test_the_source_is_the_readable_one() -> None:
    network = networks.mlp(TANH, 2)
    gradients = program(network).source.split("def gradients")[1]
    lines = [line.strip() for line in gradients.splitlines() if line.strip() and "#" not in line]
    assert lines == [
        "(X, Y, W_1, b_1, W_2, b_2):",
        "z_1 = X @ W_1 + b_1",
        "a_1 = np.tanh(z_1)",
        "z_2 = a_1 @ W_2 + b_2",
        "d_z_2 = z_2 - Y",
        "L = 0.5 * np.vdot(d_z_2, d_z_2)",
        "d_W_2 = a_1.T @ d_z_2",
        "d_b_2 = d_z_2.sum(axis=0)",
        "d_a_1 = d_z_2 @ W_2.T",
        "d_z_1 = d_a_1 * (1 - a_1 ** 2)",
        "d_W_1 = X.T @ d_z_1",
        "d_b_1 = d_z_1.sum(axis=0)",
        "return L, {'W^{[1]}': d_W_1, 'b^{[1]}': d_b_1, 'W^{[2]}': d_W_2, 'b^{[2]}': d_b_2}",
    ]


def test_the_same_network_gives_the_same_source() -> None:
    one, other = program(networks.mlp(TANH, 3)), program(networks.mlp(TANH, 3))
    assert one.source == other.source
    assert one.source_at(SIZES) == other.source_at(SIZES)


HOSTILE = [
    "__import__('os').system('false')",
    "x\nimport os",
    "x\rimport os",
    "x\x0cimport os",
    "x\u2028import os",
    "'''",
    '"""',
    "\\",
    "{name}",
    "np",
    "np.empty",
    "lambda",
    "class",
    "run",
    "make",
    "bind",
    "loss",
    "gradients",
    "results",
    "zeros",
    "dot",
    "add",
    "exp",
    "tanh",
    "sigmoid",
    "t",
    "t_2",
    "N",
    "",
    "π",
    "名",
    "-*- coding: utf-7 -*-",
    "a" * 5000,
    "\x00",
    "#",
    "1",
    "__builtins__",
    "\ud800",
]


def hostile_network(names: list[str]) -> Network:
    """A small network in which everything has a hostile name: five arrays, a node, a size and a function."""
    n, m = Dim.symbol(names[0]), Dim.symbol("n" if names[0] != "n" else "m")
    x, w, b = Tensor(names[1], (m, n)), Tensor(names[2], (n,)), Tensor(names[3])
    z, loss = Tensor(names[4], (m,)), Tensor(names[5])
    f = unspecified(names[6])
    i, j, k = Index("i", m), Index("j", n), Index("i", m)
    nodes = (
        Node(z, (i,), total([j], Elem(x, (i, j)) * Elem(w, (j,))) + Elem(b), latex=names[7]),
        Node(loss, (), total([k], Apply(f, Elem(z, (k,))) * Apply(TANH, Elem(z, (k,))))),
    )
    return Network(names[8], (), (x,), (w, b), (), (f,), nodes, loss)


def results(network: Network) -> tuple[float, dict[str, Any]]:
    """Loss and gradients by both programs, found to be the same."""
    x, w, b = (t.name for t in network.leaves)
    here = {x: np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 1.0]]), w: np.array([0.25, -0.5]), b: 0.125}
    made = program(network, functions={network.functions[0].name: (np.sin, np.cos)})
    loss, gradients = made.loss_and_gradients(here)
    plain_loss, plain = made.plain_gradients(here)
    assert plain_loss == pytest.approx(loss)
    assert all(np.allclose(plain[name], gradients[name]) for name in gradients)
    columns, rows = (d.terms[0][0] for d in reversed(network.leaves[0].dims))
    for source in (made.source, made.source_at({columns: 2, rows: 3})):
        tree = ast.parse(source)
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import) and node.names[0].name == "os"]
        source.encode("utf-8")
    return loss, gradients


def expected() -> float:
    z = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 1.0]]) @ np.array([0.25, -0.5]) + 0.125
    return float(np.sum(np.sin(z) * np.tanh(z)))


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: repr(name)[:24])
@pytest.mark.parametrize("place", range(9))
def test_a_hostile_name_is_only_a_name(name: str, place: int) -> None:
    names = ["n", "x", "w", "b", "z", "l", "f", "latex", "network"]
    if name in names:
        pytest.skip("this name is taken in the test network")
    names[place] = name
    loss, gradients = results(hostile_network(names))
    assert loss == pytest.approx(expected())
    assert list(gradients) == [names[2], names[3]]


@given(st.lists(st.text(max_size=12) | st.sampled_from(keyword.kwlist), min_size=9, max_size=9, unique=True))
def test_any_names_at_once_are_only_names(names: list[str]) -> None:
    assert results(hostile_network(names))[0] == pytest.approx(expected())
