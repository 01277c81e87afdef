"""One step of an LSTM; the gates are stacked in front of the weights."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import EDGE, ENTRY, FORMULA, PRECISION, PURITY, TINY, Bug, Right, Setting, rounded, wrong


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


class LSTMCell:
    """Input, forget, output gate and candidate z = x W + h U + b; c' = f c + i g, h' = o tanh(c')."""

    def forward(self, x, h, c, W, U, b):
        z = x @ W + h @ U + b[:, None]
        i, f, o = sigmoid(z[:3])
        g = np.tanh(z[3])
        new = f * c + i * g
        return (o * np.tanh(new), new), (x, h, c, W, U, (i, f, o, g), new)

    def gates(self, dh, dc, c, gates, new):
        """The gradient of the four pre-activations, and that of the old cell."""
        i, f, o, g = gates
        dc = dc + dh * o * (1 - np.tanh(new) ** 2)
        dz = [dc * g * i * (1 - i), dc * c * f * (1 - f), dh * np.tanh(new) * o * (1 - o), dc * i * (1 - g**2)]
        return np.stack(dz), dc * f

    def backward(self, dy, cache):
        dh, dc = dy
        x, h, c, W, U, gates, new = cache
        dz, dc = self.gates(dh, dc, c, gates, new)
        return {
            "x": (dz @ W.swapaxes(1, 2)).sum(axis=0),
            "h": (dz @ U.swapaxes(1, 2)).sum(axis=0),
            "c": dc,
            "W": x.T @ dz,
            "U": h.T @ dz,
            "b": dz.sum(axis=1),
        }


LSTM = Setting(
    {"x": ("m", "d"), "h": ("m", "n"), "c": ("m", "n"), "W": (4, "d", "n"), "U": (4, "n", "n"), "b": (4, "n")}
)


def torch_lstm(torch, x, h, c, W, U, b):
    order = [0, 1, 3, 2]  # torch stacks input, forget, candidate, output
    stacked = [torch.cat([w[g].T for g in order]) for w in (W, U)]
    bias = torch.cat([b[g] for g in order])
    return torch.lstm_cell(x, (h, c), stacked[0], stacked[1], bias, torch.zeros_like(bias))


def variant(base, setting, family, name, gates, **options):
    """A cell with another method `gates`."""
    changed = type(base.__name__, (base,), {"gates": gates})
    return Bug(name, family, changed, base, setting, **options)


def lstm(family, name, change, **options):
    """An LSTM cell whose gate gradients are made by `change(dz, dh, dc, c, i, f, o, g, new)` from the right ones."""

    def gates(self, dh, dc, c, kept, new):
        dz, old = LSTMCell.gates(self, dh, dc, c, kept, new)
        total = dc + dh * kept[2] * (1 - np.tanh(new) ** 2)
        return np.stack(change(list(dz), dh, total, c, *kept, new)), old

    return variant(LSTMCell, LSTM, family, name, gates, **options)


def cell_gradient(cell):
    """Gate gradients of an LSTM cell with another total gradient of the new cell: `cell(dh, dc, o, new)`."""

    def gates(self, dh, dc, c, kept, new):
        i, f, o, g = kept
        dc = cell(dh, dc, o, new)
        dz = [dc * g * i * (1 - i), dc * c * f * (1 - f), dh * np.tanh(new) * o * (1 - o), dc * i * (1 - g**2)]
        return np.stack(dz), dc * f

    return gates


def clipped(limit):
    def backward(self, dy, cache):
        return {name: np.clip(gradient, -limit, limit) for name, gradient in LSTMCell.backward(self, dy, cache).items()}

    return backward


def naive_gates(self, dh, dc, c, kept, new):
    """The slope of the output gate from its pre-activation: e^-z / (1 + e^-z)^2 overflows."""
    dz, old = LSTMCell.gates(self, dh, dc, c, kept, new)
    o = kept[2]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        e = (1 - o) / o
        dz[2] = dh * np.tanh(new) * e / (1 + e) ** 2
    return dz, old


def forgets_in_place(self, x, h, c, W, U, b):
    z = x @ W + h @ U + b[:, None]
    i, f, o = sigmoid(z[:3])
    g = np.tanh(z[3])
    old = c.copy()
    c *= f
    c += i * g
    return (o * np.tanh(c), c.copy()), (x, h, old, W, U, (i, f, o, g), c.copy())


def adds_into_dc(self, dy, cache):
    dh, dc = dy
    o, new = cache[5][2], cache[6]
    gradients = LSTMCell.backward(self, (dh, dc), cache)
    dc += dh * o * (1 - np.tanh(new) ** 2)
    return gradients


SATURATED = {
    "x": np.full((1, 1), 1.0),
    "h": np.full((1, 1), 1.0),
    "c": np.full((1, 1), 1.0),
    "W": np.full((4, 1, 1), -800.0),
    "U": np.zeros((4, 1, 1)),
    "b": np.zeros((4, 1)),
}


STEEP = SATURATED | {"x": np.full((1, 1), 1000.0), "W": np.zeros((4, 1, 1))}


RIGHT = [
    Right("LSTM cell", LSTMCell, LSTM, torch_lstm),
]

BUGS = [
    lstm(
        FORMULA, "the forget gate's slope missing", lambda dz, dh, dc, c, i, f, o, g, new: [dz[0], dc * c, dz[2], dz[3]]
    ),
    lstm(
        FORMULA,
        "sigmoid applied where its slope belongs",
        lambda dz, dh, dc, c, i, f, o, g, new: [dz[0], dc * c * f, dz[2], dz[3]],
    ),
    lstm(FORMULA, "candidate's slope 1 - g", lambda dz, dh, dc, c, i, f, o, g, new: [*dz[:3], dc * i * (1 - g)]),
    lstm(
        FORMULA,
        "output gate from the cell, not its tanh",
        lambda dz, dh, dc, c, i, f, o, g, new: [*dz[:2], dh * new * o * (1 - o), dz[3]],
    ),
    lstm(
        FORMULA,
        "forget gate from the new cell",
        lambda dz, dh, dc, c, i, f, o, g, new: [dz[0], dc * new * f * (1 - f), *dz[2:]],
    ),
    lstm(FORMULA, "input and forget gate swapped", lambda dz, dh, dc, c, i, f, o, g, new: [dz[1], dz[0], *dz[2:]]),
    lstm(
        FORMULA,
        "slope of a sigmoid taken at its output",
        lambda dz, dh, dc, c, i, f, o, g, new: [dc * g * sigmoid(i) * (1 - sigmoid(i)), *dz[1:]],
    ),
    lstm(
        ENTRY,
        "the output gate gets nothing in the last unit",
        lambda dz, dh, dc, c, i, f, o, g, new: [*dz[:2], dz[2] * (np.arange(dh.shape[1]) < dh.shape[1] - 1), dz[3]],
    ),
    lstm(
        TINY,
        "slope of the input gate too large by 1e-4",
        lambda dz, dh, dc, c, i, f, o, g, new: [dz[0] * (1 + 1e-4), *dz[1:]],
    ),
    lstm(PRECISION, "gates' gradients in float32", lambda dz, dh, dc, c, i, f, o, g, new: [rounded(d) for d in dz]),
    variant(
        LSTMCell,
        LSTM,
        FORMULA,
        "tanh of tanh in the cell's gradient",
        cell_gradient(lambda dh, dc, o, new: dc + dh * o * (1 - np.tanh(np.tanh(new)) ** 2)),
    ),
    variant(
        LSTMCell,
        LSTM,
        FORMULA,
        "the gradient of the cell from later steps ignored",
        cell_gradient(lambda dh, dc, o, new: dh * o * (1 - np.tanh(new) ** 2)),
    ),
    variant(
        LSTMCell,
        LSTM,
        FORMULA,
        "the hidden state's path into the cell missing",
        cell_gradient(lambda dh, dc, o, new: dc.copy()),
    ),
    variant(LSTMCell, LSTM, EDGE, "slope of the output gate overflows", naive_gates, witness=SATURATED),
    wrong(
        LSTMCell,
        LSTM,
        FORMULA,
        "the old cell's gradient without the forget gate",
        backward=lambda self, dy, cache: (
            LSTMCell.backward(self, dy, cache) | {"c": dy[1] + dy[0] * cache[5][2] * (1 - np.tanh(cache[6]) ** 2)}
        ),
    ),
    wrong(
        LSTMCell,
        LSTM,
        FORMULA,
        "one gate missing in the old state's gradient",
        backward=lambda self, dy, cache: (
            LSTMCell.backward(self, dy, cache)
            | {"h": (LSTMCell.gates(self, *dy, cache[2], *cache[5:])[0][:3] @ cache[4][:3].swapaxes(1, 2)).sum(axis=0)}
        ),
    ),
    wrong(
        LSTMCell,
        LSTM,
        FORMULA,
        "recurrent weights' gradient from x where the sizes allow",
        backward=lambda self, dy, cache: (
            LSTMCell.backward(self, dy, cache)
            | {
                "U": cache[0].T @ LSTMCell.gates(self, *dy, cache[2], *cache[5:])[0]
                if cache[0].shape == cache[1].shape
                else cache[1].T @ LSTMCell.gates(self, *dy, cache[2], *cache[5:])[0]
            }
        ),
        witness={"d": 2, "n": 2},
    ),
    wrong(LSTMCell, LSTM, EDGE, "gradients clipped to [-5, 5]", backward=clipped(5.0), witness=STEEP),
    wrong(LSTMCell, LSTM, PURITY, "cell updated in place", forward=forgets_in_place),
    wrong(LSTMCell, LSTM, PURITY, "dc added to in place", backward=adds_into_dc),
]
