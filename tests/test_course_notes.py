"""Gradients as course notes state them, right and wrong: layers, losses, attention, a recurrent cell, normalisation."""

from __future__ import annotations

import functools

import pytest

import gradcheck

NOTES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "batch rows": (
        r"""
input X : N, d
input Y : N, k
parameter W : d, k
parameter b : k
Z = X W + \mathbf{1} b^T
loss L = \frac{1}{2N} \|Z - Y\|_F^2
""",
        [
            (r"\frac{\partial L}{\partial W} = \frac1N X^T (Z - Y)", "proved"),
            (r"\frac{\partial L}{\partial W} = X^T (Z - Y)", "wrong"),
            (r"\frac{\partial L}{\partial b} = \frac1N (Z-Y)^T \mathbf{1}", "proved"),
            (r"\frac{\partial L}{\partial b_j} = \frac1N \sum_i (Z_{ij}-Y_{ij})", "proved"),
            (r"\nabla_W L = \frac1N X^T (Z - Y)", "proved"),
            (r"\frac{\partial L}{\partial X} = \frac1N (Z-Y) W^T", "proved"),
            (r"\frac{\partial L}{\partial X} = \frac1N (Z-Y) W", "ill-formed"),
        ],
    ),
    "one-hot rows and one output": (
        r"""
index i = 1..m
input X : N, d
input Y : N, k {one-hot}
parameter W : d, k
S = X W
P_{ij} = \frac{e^{S_{ij}}}{\sum_l e^{S_{il}}}
loss L = -\frac1N \sum_{i=1}^N \sum_{j=1}^k Y_{ij} \log P_{ij}
""",
        [
            (r"\frac{\partial L}{\partial S} = \frac1N (P - Y)", "proved"),
            (r"\frac{\partial L}{\partial W} = \frac1N X^T (P - Y)", "proved"),
            (r"\frac{\partial L}{\partial W} = \frac1N X^T (Y - P)", "wrong"),
        ],
    ),
    "one output unit": (
        r"""
index i = 1..m
input x^{(i)} : n_x
input y^{(i)} {binary}
parameter W^{[1]} : n_h, n_x
parameter W^{[2]} : 1, n_h
parameter b^{[2]}
z^{[1](i)} = W^{[1]} x^{(i)}
a^{[1](i)} = \tanh(z^{[1](i)})
z^{[2](i)} = W^{[2]} a^{[1](i)} + b^{[2]}
a^{[2](i)} = \operatorname{sigmoid}(z^{[2](i)})
loss J = -\frac1m \sum_{i=1}^m (y^{(i)} \log a^{[2](i)} + (1 - y^{(i)}) \log(1 - a^{[2](i)}))
""",
        [
            (r"\frac{\partial J}{\partial z^{[2](i)}} = \frac1m (a^{[2](i)} - y^{(i)})", "proved"),
            (r"\frac{\partial J}{\partial z^{[2](i)}} = \frac1m (y^{(i)} - a^{[2](i)})", "wrong"),
            (r"\frac{\partial J}{\partial b^{[2]}} = \frac1m \sum_i (a^{[2](i)} - y^{(i)})", "proved"),
            (
                r"\frac{\partial J}{\partial W^{[2]}} = \sum_i \frac{\partial J}{\partial z^{[2](i)}} a^{[1](i) T}",
                "proved",
            ),
            (
                r"\frac{\partial J}{\partial z^{[1](i)}} = W^{[2]T} \frac{\partial J}{\partial z^{[2](i)}} \odot (1 - a^{[1](i) 2})",  # noqa: E501
                "proved",
            ),
            (
                r"\frac{\partial J}{\partial z^{[1](i)}} = W^{[2]T} \frac{\partial J}{\partial z^{[2](i)}} \odot (1 - a^{[1](i)})",  # noqa: E501
                "wrong",
            ),
        ],
    ),
    "softmax over samples": (
        r"""
index i = 1..N
input x^{(i)} : d
input y^{(i)} : K {one-hot}
parameter W : K, d
parameter b : K
z^{(i)} = W x^{(i)} + b
p^{(i)} = \operatorname{softmax}(z^{(i)})
loss L = -\frac1N \sum_{i=1}^N \sum_{k=1}^K y_k^{(i)} \log p_k^{(i)}
""",
        [
            (r"\frac{\partial L}{\partial z_k^{(i)}} = \frac1N (p_k^{(i)} - y_k^{(i)})", "proved"),
            (r"\frac{\partial L}{\partial W} = \frac1N \sum_{i=1}^N (p^{(i)} - y^{(i)}) {x^{(i)}}^T", "proved"),
            (r"\frac{\partial L}{\partial W} = \frac1N \sum_i x^{(i)} (p^{(i)} - y^{(i)})^T", "conditional"),
            (r"\frac{\partial L}{\partial b} = \frac1N \sum_i (p^{(i)} - y^{(i)})", "proved"),
            (r"\frac{\partial L}{\partial p_k^{(i)}} = -\frac{1}{N} \frac{y_k^{(i)}}{p_k^{(i)}}", "proved"),
            (r"\frac{\partial L}{\partial b} = \sum_i (p^{(i)} - y^{(i)})", "wrong"),
        ],
    ),
    "two layers": (
        r"""
input x : D
input y : C
parameter W_1 : H, D
parameter b_1 : H
parameter W_2 : C, H
parameter b_2 : C
h = \max(0, W_1 x + b_1)
s = W_2 h + b_2
loss L = \frac12 \|s - y\|^2
""",
        [
            (r"\frac{\partial L}{\partial W_1} = (W_2^T (s-y) \odot \mathbb{1}[h > 0]) x^T", "proved"),
            (r"\frac{\partial L}{\partial W_1} = W_2^T (s-y) x^T", "wrong"),
            (r"\frac{\partial L}{\partial W_2} = (s - y) h^T", "proved"),
            (r"\frac{\partial L}{\partial h} = W_2^T (s-y)", "proved"),
            (r"\frac{\partial L}{\partial h} = W_2 (s-y)", "ill-formed"),
            (r"\boxed{\frac{\partial L}{\partial W_2} = (s - y) h^T}", "proved"),
            (r"\boxed{\frac{\partial L}{\partial W_2} = (y - s) h^T}", "wrong"),
            (r"\frac{\partial L}{\partial W_2} = \boxed{(s - y) h^T}", "proved"),
            (r"\frac{\partial L}{\partial W_2} = \delta h^T, \text{ where } \delta = W_2 h + b_2 - y", "proved"),
            (r"\frac{\partial L}{\partial W_2} = (s - y) h^T, \text{ where } s = W_2 h + b_2", "proved"),
            (r"\frac{\partial L}{\partial W_2} = (s - y) h^T, \text{ where } s = W_2 h", "wrong"),
            (r"\frac{\partial L}{\partial W_2} = 1 (s - y) h^T \in \mathbb{R}^{C \times H}", "proved"),
            (r"\frac{\partial L}{\partial W_2} = (s - y) h^T \in \mathbb{R}^{H \times C}", "ill-formed"),
        ],
    ),
    "attention": (
        r"""
input q : d
input K, V : n, d
s = \frac{1}{\sqrt{d}} K q
a = \operatorname{softmax}(s)
o = V^T a
input g : d
loss L = g^T o
""",
        [
            (r"\frac{\partial L}{\partial a} = V g", "proved"),
            (r"\frac{\partial L}{\partial s} = a \odot (V g - a^T V g \mathbf{1})", "proved"),
            (r"\frac{\partial L}{\partial s_i} = a_i ((V g)_i - \sum_j a_j (V g)_j)", "proved"),
            (r"\frac{\partial L}{\partial q} = \frac{1}{\sqrt d} K^T \frac{\partial L}{\partial s}", "proved"),
            (r"\frac{\partial L}{\partial V} = a g^T", "proved"),
            (r"\frac{\partial L}{\partial V} = g a^T", "conditional"),
        ],
    ),
    "three steps of a recurrent network": (
        r"""
input x_1, x_2, x_3 : d
input h_0 : n
input y_1, y_2, y_3 : k
parameter W : n, n
parameter U : n, d
parameter V : k, n
a_1 = W h_0 + U x_1
h_1 = \tanh(a_1)
a_2 = W h_1 + U x_2
h_2 = \tanh(a_2)
a_3 = W h_2 + U x_3
h_3 = \tanh(a_3)
loss L = \sum_{t=1}^3 \frac12 \|V h_t - y_t\|^2
""",
        [
            (r"\frac{\partial L}{\partial V} = \sum_{t=1}^{3} (V h_t - y_t) h_t^T", "proved"),
            (r"\frac{\partial L}{\partial V} = \sum_{t=1}^{2} (V h_t - y_t) h_t^T", "wrong"),
            (
                r"\frac{\partial L}{\partial V} = (V h_1 - y_1) h_1^T + (V h_2 - y_2) h_2^T + (V h_3 - y_3) h_3^T",
                "proved",
            ),
            (r"\frac{\partial L}{\partial W} = \sum_{t=1}^{3} \frac{\partial L}{\partial a_t} h_{t-1}^T", "proved"),
            (r"\frac{\partial L}{\partial W} = \sum_{t=1}^{3} \frac{\partial L}{\partial a_t} h_t^T", "wrong"),
        ],
    ),
    "powers": (
        r"""
input x {positive}
parameter p
loss l = x^p
""",
        [
            (r"\frac{dl}{dp} = x^p \log x", "proved"),
            (r"\frac{dl}{dp} = x^p", "wrong"),
            (r"\frac{dl}{dx} = p x^{p-1}", "proved"),
            (r"\frac{dl}{dx} = x^{p-1}", "wrong"),
        ],
    ),
    "decorations": (
        r"""
input x : n
input t
parameter w : n
z = w^T x
loss l = \frac12 (z - t)^2
""",
        [
            (r"(3) \quad \frac{\partial l}{\partial w} = (z - t) x", "proved"),
            (r"\frac{\partial l}{\partial w} = (z - t) x \qquad (3.1)", "proved"),
            (r"\frac{\partial l}{\partial w} \stackrel{(a)}{=} (z - t) x", "proved"),
            (r"\frac{\partial l}{\partial w} \overset{\text{chain}}{=} (t - z) x", "wrong"),
            (r"\frac{\partial l}{\partial w} = \textcolor{red}{(z - t)} x \quad \blacksquare", "proved"),
            (r"\text{so that } \frac{\partial l}{\partial w} = (z - t) x", "proved"),
            (r"\text{so that } \frac{\partial l}{\partial w} = (z - t)", "ill-formed"),
        ],
    ),
    "several equations in one display": (
        r"""
input x, y, z
q = x + y
loss f = q z
adjoint g = \frac{\partial f}{\partial q}
""",
        [
            (r"\frac{\partial f}{\partial q} = z, \quad \frac{\partial f}{\partial z} = q", "proved"),
            (r"\frac{\partial f}{\partial q} = z, \quad \frac{\partial f}{\partial z} = x", "wrong"),
            (r"\frac{\partial f}{\partial q} = z \qquad \frac{\partial f}{\partial z} = q", "proved"),
            (r"\frac{\partial f}{\partial q} = z \quad \text{and} \quad \frac{\partial f}{\partial z} = q", "proved"),
            (r"\frac{\partial f}{\partial q} = x \quad \text{and} \quad \frac{\partial f}{\partial z} = q", "wrong"),
            (r"g = z, \frac{\partial f}{\partial x} = g, \frac{\partial f}{\partial y} = g", "proved"),
            (r"g = 5 \quad \text{if } z = 5", "proved"),
            (r"\frac{\partial f}{\partial q} \quad = \quad z", "proved"),
        ],
    ),
    "quadratic form": (
        r"""
input x : n
parameter A : n, n
parameter b : n
loss f = x^T A x + b^T x
""",
        [
            (r"\frac{\partial f}{\partial x} = (A + A^T) x + b", "proved"),
            (r"\frac{\partial f}{\partial x} = 2 A x + b", "wrong"),
            (r"\nabla_A f = x x^T", "proved"),
            (r"\frac{\partial^2 f}{\partial x_i \partial x_j} = A_{ij} + A_{ji}", "proved"),
            (r"\frac{\partial^2 f}{\partial x \partial x^T} = A + A^T", "proved"),
        ],
    ),
    "gru": (
        r"""
input x : d
input h : n
parameter W_z, W_r, W_n : n, d
parameter U_z, U_r, U_n : n, n
z = \operatorname{sigmoid}(W_z x + U_z h)
r = \operatorname{sigmoid}(W_r x + U_r h)
c = \tanh(W_n x + U_n (r \odot h))
s = (1 - z) \odot c + z \odot h
input g : n
loss L = g^T s
""",
        [
            (r"\frac{\partial L}{\partial z} = g \odot (h - c)", "proved"),
            (r"\frac{\partial L}{\partial c} = g \odot (1 - z)", "proved"),
            (r"\frac{\partial L}{\partial W_n} = (g \odot (1-z) \odot (1 - c \odot c)) x^T", "proved"),
            (r"\frac{\partial L}{\partial r} = (U_n^T (g \odot (1-z) \odot (1 - c^2))) \odot h", "proved"),
            (r"\frac{\partial L}{\partial U_z} = (g \odot (h-c) \odot z \odot (1-z)) h^T", "proved"),
            (r"\frac{\partial L}{\partial h} = g \odot z", "wrong"),
        ],
    ),
    "batch normalisation": (
        r"""
dims m
input x, g : m
constant \epsilon {positive}
parameter \gamma, \beta
\mu = \frac1m \sum_{i=1}^m x_i
v = \frac1m \sum_{i=1}^m (x_i - \mu)^2
\hat{x}_i = \frac{x_i - \mu}{\sqrt{v + \epsilon}}
y_i = \gamma \hat{x}_i + \beta
loss L = \sum_{i=1}^m g_i y_i
""",
        [
            (r"\frac{\partial L}{\partial \gamma} = \sum_i g_i \hat{x}_i", "proved"),
            (r"\frac{\partial L}{\partial \beta} = \sum_i g_i", "proved"),
            (
                r"\frac{\partial L}{\partial v} = -\frac12 \sum_{i=1}^m g_i \gamma (x_i - \mu) (v + \epsilon)^{-3/2}",
                "proved",
            ),
            (
                r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m \sqrt{v+\epsilon}} (m g_i - \sum_j g_j - \hat{x}_i \sum_j g_j \hat{x}_j)",  # noqa: E501
                "proved",
            ),
            (
                r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{\sqrt{v+\epsilon}} (g_i - \hat{x}_i \sum_j g_j \hat{x}_j)",  # noqa: E501
                "wrong",
            ),
        ],
    ),
}


@functools.cache
def network(name: str) -> gradcheck.Network:
    return gradcheck.network(NOTES[name][0])


@pytest.mark.parametrize(("name", "claim", "wanted"), [(n, c, v) for n, (_, cs) in NOTES.items() for c, v in cs])
def test_a_formula_from_course_notes_gets_its_verdict(name: str, claim: str, wanted: str) -> None:
    assert gradcheck.check(network(name), claim).verdict == wanted
