"""Lines as they stand in lecture notes, textbooks and papers: each is read, and judged or refused, as it is written."""

from __future__ import annotations

import functools

import pytest

import gradcheck
from gradcheck.errors import FormulaError

NETWORKS = {
    "linear classifier with a hinge": r"""
index i = 1..N
input x^{(i)} : D
input y^{(i)} : C {one-hot}
parameter W : C, D
constant \Delta {positive}
constant \lambda {positive}
s^{(i)} = W x^{(i)}
u^{(i)} = \sum_k y_k^{(i)} s_k^{(i)}
loss L = \frac{1}{N} \sum_i \sum_j (1 - y_j^{(i)}) \max(0, s_j^{(i)} - u^{(i)} + \Delta) + \lambda \sum_{k,l} W_{kl}^2
""",
    "softmax classifier": r"""
input x : D
input y : C {one-hot}
parameter W : C, D
parameter b : C
f = W x + b
p_k = \frac{e^{f_k}}{\sum_j e^{f_j}}
loss L = -\sum_k y_k \log(p_k)
""",
    "two layers, adjoints as rows": r"""
input x : D_x
input y : N_c {one-hot}
parameter W : D_h, D_x
parameter b_1 : D_h
parameter U : N_c, D_h
parameter b_2 : N_c
z = W x + b_1
h = \operatorname{ReLU}(z)
\theta = U h + b_2
\hat y = \operatorname{softmax}(\theta)
loss J = -\sum_i y_i \log \hat y_i
adjoint \delta_1 = \frac{\partial J}{\partial \theta}
adjoint \delta_2 = \frac{\partial J}{\partial z}
""",
    "word vectors": r"""
dims V, d
input y : V {one-hot}
parameter v_c : d
parameter U : d, V
\hat y = \operatorname{softmax}(U^T v_c)
loss J = -\sum_w y_w \log \hat y_w
""",
    "logistic regression": r"""
index i = 1..m
input x^{(i)} : n
input y^{(i)} {binary}
parameter \theta : n
h_\theta(x^{(i)}) = \frac{1}{1 + e^{-\theta^T x^{(i)}}}
loss \ell(\theta) = \sum_{i=1}^m y^{(i)} \log h_\theta(x^{(i)}) + (1 - y^{(i)}) \log(1 - h_\theta(x^{(i)}))
""",
    "least mean squares": r"""
index i = 1..m
input x^{(i)} : n
input y^{(i)}
parameter \theta : n
constant \alpha {positive}
loss J(\theta) = \frac12 \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)})^2
""",
    "least squares": r"""
input X : m, n
input \vec{y} : m
parameter \theta : n
loss J = \frac12 (X\theta - \vec{y})^T (X\theta - \vec{y})
""",
    "batch normalisation": r"""
input x : m
input g : m
parameter \gamma
parameter \beta
constant \epsilon {positive}
\mu_B = \frac{1}{m} \sum_{i=1}^m x_i
\sigma_B^2 = \frac{1}{m} \sum_{i=1}^m (x_i - \mu_B)^2
\hat x_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}
y_i = \gamma \hat x_i + \beta
loss \ell
""",
    "two layers, entry by entry": r"""
input x : D
input t : K
parameter w^{(1)} : M, D
parameter w^{(2)} : K, M
a_j = \sum_{i} w_{ji}^{(1)} x_i
z_j = \tanh(a_j)
y_k = \sum_{j} w_{kj}^{(2)} z_j
loss E = \frac12 \sum_{k=1}^K (y_k - t_k)^2
adjoint \delta_k^{(2)} = \frac{\partial E}{\partial y_k}
adjoint \delta_j^{(1)} = \frac{\partial E}{\partial a_j}
""",
    "two layers with weight decay": r"""
input x : d
input y : k
parameter W^{(1)} : h, d
parameter b^{(1)} : h
parameter W^{(2)} : k, h
parameter b^{(2)} : k
constant \lambda
function f
a^{(1)} = b^{(1)} + W^{(1)} x
h^{(1)} = f(a^{(1)})
a^{(2)} = b^{(2)} + W^{(2)} h^{(1)}
\hat{y} = f(a^{(2)})
loss J = \frac12 \|\hat{y} - y\|^2 + \frac{\lambda}{2} (\|W^{(1)}\|_F^2 + \|W^{(2)}\|_F^2)
adjoint g = \frac{\partial J}{\partial a^{(2)}}
""",
    "linear regression": r"""
input y : N
input \Phi : N, D
parameter \theta : D
e = y - \Phi\theta
loss L = \|e\|^2
""",
    "identities of matrix calculus": r"""
input a, b, c : n
input A, B, C : n, n
parameter x : n
parameter X : n, n
parameter s : n
loss f = x^T A x
""",
    "attention": r"""
input Q, K : n, d
input V : n, d
S = \frac{Q K^T}{\sqrt{d}}
P_{ij} = \frac{e^{S_{ij}}}{\sum_l e^{S_{il}}}
O = P V
loss \phi
adjoint dO = \frac{\partial \phi}{\partial O}
adjoint dP = \frac{\partial \phi}{\partial P}
adjoint dS = \frac{\partial \phi}{\partial S}
""",
    "a step of an LSTM": r"""
input x_t : d
input h_{t-1} : n
input c_{t-1} : n
parameter W_f, W_i, W_o, W_c : n, d
parameter U_f, U_i, U_o, U_c : n, n
parameter b_f, b_i, b_o, b_c : n
function \sigma {logistic}
f_t = \sigma(W_f x_t + U_f h_{t-1} + b_f)
i_t = \sigma(W_i x_t + U_i h_{t-1} + b_i)
o_t = \sigma(W_o x_t + U_o h_{t-1} + b_o)
\tilde c_t = \tanh(W_c x_t + U_c h_{t-1} + b_c)
c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t
h_t = o_t \odot \tanh(c_t)
loss L
adjoint dh_t = \frac{\partial L}{\partial h_t}
adjoint dc_t = \frac{\partial L}{\partial c_t}
""",
}

RIGHT: dict[str, list[str]] = {
    "softmax classifier": [
        r"\frac{\partial p_i}{\partial f_j} = p_i(\delta_{ij} - p_j)",
        r"\frac{\partial p_i}{\partial f_j} = \begin{cases} p_i(1-p_i) & i = j \\ -p_i p_j & i \neq j \end{cases}",
        r"\frac{\partial p}{\partial f} = \operatorname{diag}(p) - p p^T",
        r"\frac{\partial L}{\partial W} = (p - y) x^\top",
    ],
    "two layers, adjoints as rows": [
        r"\delta_1 = \frac{\partial J}{\partial \theta} = (\hat y - y)^T",
        r"\delta_1 = \hat y - y",
        r"\delta_2 = \delta_1 U \circ \operatorname{ReLU}'(z)",
        r"\delta_2 = U^T \delta_1 \circ \operatorname{sgn}(h)",
        r"\frac{\partial J}{\partial W} = \delta_2 x^T",
        r"\frac{\partial J}{\partial x} = (\delta_2 W)^T",
    ],
    "word vectors": [
        r"\frac{\partial J}{\partial v_c} = U(\hat y - y)",
        r"\frac{\partial J}{\partial U} = v_c (\hat y - y)^T",
        r"\frac{\partial J}{\partial v_c} = -\sum_w y_w u_w + \sum_w \hat y_w u_w, \text{ where } u_w = U_{:,w}",
    ],
    "logistic regression": [
        (
            r"\frac{\partial}{\partial\theta_j}\ell(\theta) = \sum_{i=1}^m "
            r"\left(y^{(i)}-h_\theta(x^{(i)})\right)x_j^{(i)}"
        ),
        (
            r"\frac{\partial}{\partial\theta_j}\ell(\theta) = \sum_{i=1}^m "
            r"\left(y^{(i)}-h_\theta(x^{(i)})\right) x_j^{(i)}"
        ),
    ],
    "least mean squares": [
        (
            r"\frac{\partial}{\partial\theta_j} J(\theta) = \sum_{i=1}^m \left(\theta^T "
            r"x^{(i)}-y^{(i)}\right) x_j^{(i)}"
        ),
        r"\theta_j := \theta_j - \alpha \frac{\partial}{\partial\theta_j} J(\theta)",
        r"\theta_j := \theta_j + \alpha \sum_{i=1}^m \left(y^{(i)} - \theta^T x^{(i)}\right) x_j^{(i)}",
        r"\theta := \theta - \alpha \nabla_\theta J(\theta)",
    ],
    "least squares": [
        (
            r"\nabla_\theta J(\theta) = \nabla_\theta \frac12 (X\theta-\vec{y})^T (X\theta-\vec{y}) = "
            r"X^TX\theta - X^T \vec{y}"
        ),
        (
            r"\nabla_\theta J(\theta) = \frac12 \nabla_\theta \left( (X\theta)^T X\theta - "
            r"(X\theta)^T\vec{y} - \vec{y}^T(X\theta) + \vec{y}^T\vec{y}\right)"
        ),
        r"\nabla_\theta J = X^T (X\theta - \vec y)",
        r"\nabla^2_\theta J = X^T X",
    ],
    "batch normalisation": [
        r"\frac{\partial \ell}{\partial \hat x_i} = \frac{\partial \ell}{\partial y_i} \cdot \gamma",
        (
            r"\frac{\partial \ell}{\partial \sigma_B^2} = \sum_{i=1}^m \frac{\partial \ell}{\partial \hat "
            r"x_i} \cdot (x_i - \mu_B) \cdot \frac{-1}{2} (\sigma_B^2 + \epsilon)^{-3/2}"
        ),
        (
            r"\frac{\partial \ell}{\partial \mu_B} = \left( \sum_{i=1}^m \frac{\partial \ell}{\partial \hat "
            r"x_i} \cdot \frac{-1}{\sqrt{\sigma_B^2 + \epsilon}} \right) + \frac{\partial \ell}{\partial "
            r"\sigma_B^2} \cdot \frac{\sum_{i=1}^m -2(x_i-\mu_B)}{m}"
        ),
        (
            r"\frac{\partial \ell}{\partial x_i} = \frac{\partial \ell}{\partial \hat x_i} \cdot "
            r"\frac{1}{\sqrt{\sigma_B^2 + \epsilon}} + \frac{\partial \ell}{\partial \sigma_B^2} \cdot "
            r"\frac{2(x_i-\mu_B)}{m} + \frac{\partial \ell}{\partial \mu_B} \cdot \frac{1}{m}"
        ),
        r"\frac{\partial \ell}{\partial \gamma} = \sum_{i=1}^m \frac{\partial \ell}{\partial y_i} \cdot \hat x_i",
        r"\frac{\partial \ell}{\partial \beta} = \sum_{i=1}^m \frac{\partial \ell}{\partial y_i}",
        (
            r"\frac{\partial \ell}{\partial \mu_B} = \sum_{i=1}^m \frac{\partial \ell}{\partial \hat x_i} "
            r"\cdot \frac{-1}{\sqrt{\sigma_B^2 + \epsilon}}"
        ),
    ],
    "two layers, entry by entry": [
        (
            r"\frac{\partial E}{\partial w_{ji}^{(1)}} = \delta_j^{(1)} x_i, \qquad \frac{\partial "
            r"E}{\partial w_{kj}^{(2)}} = \delta_k^{(2)} z_j"
        ),
        r"\frac{\partial E}{\partial w_{ji}^{(1)}} = \delta_j^{(1)} x_i",
        r"\delta_k^{(2)} = y_k - t_k",
        r"\delta_j^{(1)} = (1 - z_j^2) \sum_{k=1}^K w_{kj}^{(2)} \delta_k^{(2)}",
        (
            r"\delta_j^{(1)} \equiv \frac{\partial E}{\partial a_j} = \sum_k \frac{\partial E}{\partial y_k} "
            r"\frac{\partial y_k}{\partial a_j}"
        ),
    ],
    "two layers with weight decay": [
        r"\nabla_{a^{(2)}} J = \nabla_{\hat y} J \odot f'(a^{(2)})",
        r"\nabla_{b^{(2)}} J = g",
        r"\nabla_{W^{(2)}} J = g\, h^{(1)\top} + \lambda W^{(2)}",
        r"\nabla_{h^{(1)}} J = W^{(2)\top} g",
    ],
    "identities of matrix calculus": [
        r"\frac{\partial x^T a}{\partial x} = \frac{\partial a^T x}{\partial x} = a",
        r"\frac{\partial a^T X b}{\partial X} = a b^T",
        r"\frac{\partial a^T X^T b}{\partial X} = b a^T",
        r"\frac{\partial a^T X a}{\partial X} = \frac{\partial a^T X^T a}{\partial X} = a a^T",
        r"\frac{\partial X_{mn}}{\partial X_{ij}} = \delta_{im} \delta_{nj}",
        r"\frac{\partial (XA)_{ij}}{\partial X_{mn}} = \delta_{im} (A)_{nj}",
        r"\frac{\partial}{\partial X_{ij}} \sum_{klmn} X_{kl} X_{mn} = 2 \sum_{kl} X_{kl}",
        r"\frac{\partial b^T X^T X c}{\partial X} = X(b c^T + c b^T)",
        r"\frac{\partial (B x + b)^T C (A x + a)}{\partial x} = B^T C (A x + a) + A^T C^T (B x + b)",
        r"\frac{\partial x^T B x}{\partial x} = (B + B^T) x",
        r"\frac{\partial b^T X^T A X c}{\partial X} = A^T X b c^T + A X c b^T",
        r"\frac{\partial}{\partial X} (X b + c)^T A (X b + c) = (A + A^T)(X b + c) b^T",
        r"\frac{\partial}{\partial X} (X b + a)^T A (X b + a) = (A + A^T)(X b + a) b^T",
        r"\frac{\partial}{\partial s} (x - s)^T B (x - s) = -(B + B^T)(x-s)",
        r"\frac{\partial}{\partial X} \operatorname{Tr}(X) = I",
        r"\frac{\partial}{\partial X} \mathrm{Tr}(X A) = A^T",
        r"\frac{\partial}{\partial X} \operatorname{Tr}(A X B) = A^T B^T",
        r"\frac{\partial}{\partial X} \operatorname{Tr}(A X^T B) = B A",
        r"\frac{\partial}{\partial X} \operatorname{Tr}(X^2) = 2 X^T",
        r"\frac{\partial}{\partial X} \operatorname{Tr}(X^2 B) = (X B + B X)^T",
        r"\frac{\partial}{\partial X} \operatorname{Tr}(X^T B X) = B X + B^T X",
        r"\frac{\partial}{\partial X} \operatorname{Tr}(A X B X) = A^T X^T B^T + B^T X^T A^T",
        r"\frac{\partial}{\partial X} \operatorname{Tr}(X \otimes X) = 2 \operatorname{Tr}(X) I",
        r"\frac{\partial}{\partial x} \|x - a\|_2 = \frac{x - a}{\|x-a\|_2}",
        (
            r"\frac{\partial}{\partial x} \frac{x - a}{\|x - a\|_2} = \frac{I}{\|x-a\|_2} - "
            r"\frac{(x-a)(x-a)^T}{\|x-a\|_2^3}"
        ),
        r"\frac{\partial \|x\|_2^2}{\partial x} = \frac{\partial \|x^T x\|_2}{\partial x} = 2x",
        r"\nabla_A \operatorname{tr} A B = B^T",
        r"\nabla_X \operatorname{tr} A X B X^T C = A^T C^T X B^T + C A X B",
        r"\nabla_A \operatorname{tr} A B A^T C = C A B + C^T A B^T",
        r"\nabla_{A^T} f = (\nabla_A f)^T",
    ],
    "attention": [
        r"dP = dO V^T",
        r"dS_{ij} = P_{ij} (dP_{ij} - \sum_l P_{il} dP_{il})",
        r"dS_{i:} = (\operatorname{diag}(P_{i:}) - P_{i:} P_{i:}^T) dP_{i:}",
        r"dS_{ij} = P_{ij} (dP_{ij} - D_i), \quad D_i = \sum_k dO_{ik} O_{ik}",
        r"\frac{\partial \phi}{\partial Q} = \frac{1}{\sqrt d} dS K",
        r"\frac{\partial \phi}{\partial K} = \frac{1}{\sqrt d} dS^T Q",
        r"dS_{i:} = (\operatorname{diag}(P_{i:}) - P_{i:}^T P_{i:}) dP_{i:}",
    ],
    "a step of an LSTM": [
        r"\frac{\partial L}{\partial o_t} = dh_t \odot \tanh(c_t)",
        r"dc_t = dh_t \odot o_t \odot (1 - \tanh^2(c_t))",
        r"\frac{\partial L}{\partial f_t} = dc_t \odot c_{t-1}",
        r"\frac{\partial L}{\partial i_t} = dc_t \odot \tilde{c}_t",
        r"\frac{\partial L}{\partial \tilde c_t} = dc_t \odot i_t",
        r"\frac{\partial L}{\partial c_{t-1}} = dc_t \odot f_t",
        r"\frac{\partial L}{\partial b_f} = dc_t \odot c_{t-1} \odot f_t \odot (1 - f_t)",
        r"\frac{\partial L}{\partial W_f} = \left( dc_t \odot c_{t-1} \odot f_t \odot (1-f_t) \right) x_t^T",
        r"\frac{\partial h_t}{\partial c_t} = \operatorname{diag}(o_t \odot (1 - \tanh^2 c_t))",
        (
            r"\frac{\partial L}{\partial h_{t-1}} = U_f^T (dc_t \odot c_{t-1} \odot f_t \odot (1-f_t)) + "
            r"U_i^T (dc_t \odot \tilde c_t \odot i_t \odot (1-i_t)) + U_o^T (dh_t \odot \tanh(c_t) \odot o_t "
            r"\odot (1-o_t)) + U_c^T (dc_t \odot i_t \odot (1 - \tilde c_t^2))"
        ),
    ],
}

NOT_REFUTED: dict[str, list[str]] = {
    "linear classifier with a hinge": [
        (
            r"\frac{\partial L}{\partial W_{kl}} = \frac1N \sum_i (1-y_k^{(i)}) \mathbb{1}(s_k^{(i)} - "
            r"\sum_j y_j^{(i)} s_j^{(i)} + \Delta > 0) x_l^{(i)} - \frac1N \sum_i y_k^{(i)} \left( \sum_{j "
            r"\neq k} \mathbb{1}(s_j^{(i)} - s_k^{(i)} + \Delta > 0) \right) x_l^{(i)} + 2 \lambda W_{k,l}"
        ),
    ],
    "softmax classifier": [
        r"\frac{\partial L}{\partial f_k} = p_k - \mathbb{1}(y_k = 1)",
        r"\frac{\partial L}{\partial f_k} = p_k - 1(y_k = 1)",
    ],
}

CONDITIONAL: dict[str, list[str]] = {
    "two layers, adjoints as rows": [
        (
            r"\frac{\partial J}{\partial x} = \delta_1^T \frac{\partial \theta}{\partial h} \frac{\partial "
            r"h}{\partial z} \frac{\partial z}{\partial x}"
        ),
    ],
    "word vectors": [
        r"\frac{\partial J}{\partial U} = (\hat y - y) v_c^T",
    ],
    "two layers with weight decay": [
        r"\nabla_{x} J = \left(\frac{\partial \hat y}{\partial x}\right)^\top \nabla_{\hat y} J",
    ],
    "linear regression": [
        r"\frac{\partial L}{\partial \theta} = \frac{\partial L}{\partial e} \frac{\partial e}{\partial \theta}",
        r"\frac{\partial L}{\partial e} = 2 e^\top \in \mathbb{R}^{1 \times N}",
        r"\frac{\partial e}{\partial \theta} = -\Phi \in \mathbb R^{N \times D}",
        (
            r"\frac{\partial L}{\partial \theta} = -2 e^\top \Phi = -\underbrace{2(y^\top - \theta^\top "
            r"\Phi^\top)}_{1 \times N} \underbrace{\Phi}_{N \times D} \in \mathbb{R}^{1 \times D}"
        ),
    ],
    "identities of matrix calculus": [
        r"\frac{\partial}{\partial s} (x - A s)^T B (x - A s) = -2 A^T B (x - A s)",
    ],
}

WRONG: dict[str, list[str]] = {
    "softmax classifier": [
        r"\frac{\partial p_i}{\partial f_j} = \begin{cases} p_i(1-p_i) & i = j \\ p_i p_j & i \neq j \end{cases}",
    ],
    "least mean squares": [
        r"\theta_j := \theta_j - \alpha \sum_{i=1}^m \left(y^{(i)} - \theta^T x^{(i)}\right) x_j^{(i)}",
    ],
    "batch normalisation": [
        (
            r"\frac{\partial \ell}{\partial \sigma_B^2} = \sum_{i=1}^m \frac{\partial \ell}{\partial \hat "
            r"x_i} \cdot (x_i - \mu_B) \cdot \frac{1}{2} (\sigma_B^2 + \epsilon)^{-3/2}"
        ),
    ],
    "a step of an LSTM": [
        r"\frac{\partial L}{\partial b_f} = dc_t \odot c_{t-1} \odot f_t \odot (1 + f_t)",
    ],
}

ILL_FORMED: dict[str, list[str]] = {
    "two layers, adjoints as rows": [
        r"\frac{\partial J}{\partial U} = \delta_1^T h^T",
        r"\frac{\partial J}{\partial W} = \delta_2^T x^T",
    ],
    "least mean squares": [
        r"\theta := \theta + \alpha \sum_{i=1}^n (y^{(i)} - \theta^T x^{(i)}) x^{(i)}",
    ],
    "two layers with weight decay": [
        r"\nabla_{W^{(2)}} J = h^{(1)} g^\top + \lambda W^{(2)}",
    ],
}

REFUSED: dict[str, list[str]] = {
    "softmax classifier": [
        r"dW = (p-y) x^T",
    ],
    "identities of matrix calculus": [
        r"\frac{\partial}{\partial X} \|X\|_F^2 = \frac{\partial}{\partial X} \operatorname{Tr}(X X^H) = 2X",
    ],
    "attention": [
        r"dV = P^T dO",
        r"dS = P \circ (dP - \operatorname{rowsum}(P \circ dP))",
    ],
    "a step of an LSTM": [
        r"\delta c_t = \delta h_t \odot o_t \odot (1-\tanh^2(c_t))",
    ],
}

VERDICTS = {
    "proved": RIGHT,
    "agrees": NOT_REFUTED,
    "conditional": CONDITIONAL,
    "wrong": WRONG,
    "ill-formed": ILL_FORMED,
}


@functools.cache
def network(name: str) -> gradcheck.Network:
    return gradcheck.network(NETWORKS[name])


@pytest.mark.parametrize(
    ("verdict", "name", "line"),
    [(verdict, name, line) for verdict, lines in VERDICTS.items() for name in lines for line in lines[name]],
)
def test_a_published_line_gets_its_verdict(verdict: str, name: str, line: str) -> None:
    found = gradcheck.check(network(name), line).verdict
    assert found == verdict or (verdict, found) == ("agrees", "proved")


@pytest.mark.parametrize(("name", "line"), [(name, line) for name in REFUSED for line in REFUSED[name]])
def test_a_published_line_that_is_refused_says_where(name: str, line: str) -> None:
    with pytest.raises(FormulaError) as caught:
        gradcheck.check(network(name), line)
    assert caught.value.place is not None
    assert caught.value.hint
