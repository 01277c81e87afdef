"""The names that the five source documents use, as their reader would declare them."""

from __future__ import annotations

from gradcheck.formula import Notation

from .names import notation

STEP = notation(
    "x^{(i)}: n; y^{(i)}: n; z^{(i)}; W^{[2]}: n^{[2]}; W^{[3]}: n, n^{[2]}; b^{[2]}: n^{[2]};"
    " w^{[1]}: n; w^{[2]}: n^{[2]};"
    "w^{[3]}: n, n^{[2]}; u^{[2](i)}: n^{[2]}; u^{[3](i)}: n; a^{[2](i)}: n^{[2]}; u^{[l](i)}: n;"
    " a^{[l](i)}: n; a^{[l-1](i)}: n;"
    "W^{[l]}: n, n; W^{[l-1]}: n, n; v^{(i)}: n; Y: n+1, n; U^{[3]}: n+1, n; A^{[2]}: n+1, n; M: n+1, n;"
    " m: n+1, n; \\alpha: n;"
    "u^{3}: n; a^{2}: n",
    nodes="MSE; MSE^{(i)}",
    indices="i: n+1",
    functions=["g^{[l]}", "g^{[2]}", "q^{[2]}", "q^{[3]}"],
    words="MSE",
)
THREE = notation("x_1; x_2; x_3; y; w_1; w_2; \\alpha; x", nodes="l", functions=[r"\sigma", "f"])
SKIP = notation(
    "x^{(l)}: d; x^{(l-1)}: d; x^{(0)}: d; x^{(1)}: d; x^{(2)}: d; w^{(l)}: d, d; w; \\delta^{(l)}: d;"
    " \\delta^{(l+1)}: d;"
    "\\delta^{(2)}: d; \\delta^{(3)}: d; \\eta; \\delta_y; y; h; x; s_y; s_h; w_{xh}; w_{hy}; w_{xy}; w_h",
    nodes=r"\mathcal{L}",
    functions=["g"],
    dims={"d^{(l-1)}": 1, "d^{(0)}": 1, "d^{(1)}": 1, "d^{(2)}": 1, "d_0": 1, "d_L": 1, "L": 1},
)
SPARSE = notation(
    "z^{(l)}: d; z^{(L)}: d; z^{(l-1)}: d; z^{(l+1)}: d; z^{(1)}: d; z^{(2)}: d; a^{(l)}: d;"
    " a^{(l-1)}: d; a^{(L)}: d; a^{(1)}: d;"
    "a^{(2)}: d; W^{(l)}: d, d; W^{(l-1)}: d, d; b^{(l)}: d; b^{(l-1)}: d; b^{(1)}: d; w^{(1)}: d, d;"
    " \\delta^{(l)}: d;"
    "\\delta^{(l-1)}: d; \\delta^{(l+1)}: d; \\delta^{(L)}: d; \\delta^{(2)}: d; \\rho^{(1)}: d;"
    " \\rho^{(2)}: d; KL^{(2)}: d; \\rho;"
    "\\beta; y; x; z; a; l",
    nodes="J; J_{sparse}; h_{W,b}",
    functions=["f", "k"],
    words="KL",
    dims={"S_2": 1, "m": 1, "L": 1},
)
BY_PREFIX: dict[str, Notation] = {"001": STEP, "002": THREE, "003": SKIP, "004": SPARSE}
