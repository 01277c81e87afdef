"""One step of a GRU; the gates are stacked in front of the weights."""

# ruff: noqa: ARG001 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .lstm import sigmoid
from .suite import FORMULA, SHAPE, TINY, Bug, Right, Setting, wrong


class GRUCell:
    """z, r = sigmoid(x W + h U); n = tanh(x W_n + r (h U_n)); h' = (1 - z) n + z h."""

    def forward(self, x, h, W, U):
        a, s = x @ W, h @ U
        z, r = sigmoid(a[:2] + s[:2])
        n = np.tanh(a[2] + r * s[2])
        return (1 - z) * n + z * h, (x, h, W, U, s, (z, r, n))

    def gates(self, dy, h, s, gates):
        """The gradients of x W and of h U."""
        z, r, n = gates
        dn = dy * (1 - z) * (1 - n**2)
        dz = dy * (h - n) * z * (1 - z)
        dr = dn * s[2] * r * (1 - r)
        return np.stack([dz, dr, dn]), np.stack([dz, dr, dn * r])

    def direct(self, dy, gates):
        return dy * gates[0]

    def backward(self, dy, cache):
        x, h, W, U, s, gates = cache
        da, ds = self.gates(dy, h, s, gates)
        return {
            "x": (da @ W.swapaxes(1, 2)).sum(axis=0),
            "h": self.direct(dy, gates) + (ds @ U.swapaxes(1, 2)).sum(axis=0),
            "W": x.T @ da,
            "U": h.T @ ds,
        }


GRU = Setting({"x": ("m", "d"), "h": ("m", "n"), "W": (3, "d", "n"), "U": (3, "n", "n")})


def torch_gru(torch, x, h, W, U):
    order = [1, 0, 2]  # torch stacks reset, update, new
    return torch.gru_cell(x, h, *(torch.cat([w[g].T for g in order]) for w in (W, U)))


def variant(base, setting, family, name, gates, **options):
    """A cell with another method `gates`."""
    changed = type(base.__name__, (base,), {"gates": gates})
    return Bug(name, family, changed, base, setting, **options)


def gru(family, name, change, **options):
    """A GRU cell whose gate gradients are `change(dy, h, s, z, r, n)`: those of x W and of h U."""

    def gates(self, dy, h, s, kept):
        return tuple(np.stack(d) for d in change(dy, h, s, *kept))

    return variant(GRUCell, GRU, family, name, gates, **options)


def gru_gates(dy, h, s, z, r, n):
    return tuple(list(d) for d in GRUCell().gates(dy, h, s, (z, r, n)))


def scaled(pair, gate, factor):
    for half in pair:
        half[gate] = half[gate] * factor
    return pair


RIGHT = [
    Right("GRU cell", GRUCell, GRU, torch_gru),
]

BUGS = [
    gru(FORMULA, "reset gate's path missing", lambda dy, h, s, z, r, n: scaled(gru_gates(dy, h, s, z, r, n), 1, 0.0)),
    gru(FORMULA, "z and 1 - z swapped", lambda dy, h, s, z, r, n: gru_gates(dy, h, s, 1 - z, r, n)),
    gru(FORMULA, "update gate from n - h", lambda dy, h, s, z, r, n: scaled(gru_gates(dy, h, s, z, r, n), 0, -1.0)),
    gru(
        FORMULA,
        "r missing in the candidate's recurrent path",
        lambda dy, h, s, z, r, n: (gru_gates(dy, h, s, z, r, n)[0], gru_gates(dy, h, s, z, r, n)[0]),
    ),
    gru(
        FORMULA,
        "reset gate from h, not h U",
        lambda dy, h, s, z, r, n: [
            [half[0], dy * (1 - z) * (1 - n**2) * h * r * (1 - r), half[2]] for half in gru_gates(dy, h, s, z, r, n)
        ],
    ),
    gru(
        TINY, "update gate too large by 1e-4", lambda dy, h, s, z, r, n: scaled(gru_gates(dy, h, s, z, r, n), 0, 1.0001)
    ),
    gru(
        SHAPE,
        "units beyond the eighth without a reset gate",
        lambda dy, h, s, z, r, n: scaled(gru_gates(dy, h, s, z, r, n), 1, (np.arange(h.shape[1]) < 8).astype(h.dtype)),
        witness={"n": 9},
    ),
    gru(
        SHAPE,
        "averaged where the batch is one",
        lambda dy, h, s, z, r, n: scaled(gru_gates(dy, h, s, z, r, n), 2, 0.5 if len(h) == 1 else 1.0),
        witness={"m": 1},
    ),
    wrong(
        GRUCell,
        GRU,
        FORMULA,
        "the direct path to the old state missing",
        backward=lambda self, dy, cache: (
            GRUCell.backward(self, dy, cache) | {"h": GRUCell.backward(self, dy, cache)["h"] - dy * cache[5][0]}
        ),
    ),
]
