"""Right layers at exactly the inputs that are hard: on kinks, at ties, saturated, constant, repeated."""

from __future__ import annotations

import numpy as np

from .activations import MASKED, SLOPES, Dropout, Gelu, HardTanh, PRelu, Softplus
from .attention import CROSS, Attention
from .batch_norm import BATCH, BatchNorm
from .classification import LABELS, SCORES, Hinge, SoftmaxCrossEntropy
from .competition import COMPETE, Kate
from .dense import DENSE, Dense, ReluDense
from .directions import PAIRS, CosineSimilarity, L2Normalise
from .gru import GRU, GRUCell
from .layer_norm import LAYER, LayerNorm
from .lookup import SCATTER, TOKENS, Embedding, ScatterAdd
from .losses import RESIDUAL, TRIPLET, UNIT, KLSparsity, SmoothL1, Triplet
from .lstm import LSTM, LSTMCell
from .pooling import LINE, PLANE, GlobalMax, MaxPool2d
from .skip import SKIP, SkipDense
from .softmax import ROWS, LogSumExp, Softmax
from .suite import Awkward

X = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])
ONES = np.ones((2, 3))
ZEROS = np.zeros((2, 3))
TIES = np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 2.0]])


def relu6():
    return ReluDense(cap=6.0)


def lstm(x):
    """Inputs of an LSTM or GRU cell with all weights x."""
    return {"x": np.full((2, 1), x), "h": np.full((2, 2), x), "c": np.full((2, 2), x), "W": np.full((4, 1, 2), x)} | {
        "U": np.full((4, 2, 2), x),
        "b": np.full((4, 2), x),
    }


def gru(x):
    return {"x": np.full((2, 1), x), "h": np.full((2, 2), x), "W": np.full((3, 1, 2), x), "U": np.full((3, 2, 2), x)}


def line(*values):
    return {"x": np.array([values], dtype=float)}


def labelled(name, scores, *labels):
    return {name: scores, "labels": np.array(labels)}


def dense(x, W):
    return {"x": np.asarray(x, float), "W": np.asarray(W, float), "b": np.zeros(np.shape(W)[1])}


def normed(x):
    """Inputs of a layer or batch norm with gamma one and beta zero."""
    return {"x": x, "gamma": np.ones(x.shape[1]), "beta": np.zeros(x.shape[1])}


CERTAIN = 900 * np.eye(3)
STEPS = np.arange(20.0).reshape(1, 1, 4, 5) // 4 % 3
TIED_UNITS = np.array([[0.5, 0.5, -0.5], [0.2, 0.2, 0.2]])
MARGIN = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 2.0]])

AWKWARD = [
    Awkward("ReLU dense, all on the kink", ReluDense, DENSE, dense(ZEROS, np.ones((3, 2)))),
    Awkward("ReLU dense, some on the kink", ReluDense, DENSE, dense(X, np.eye(3))),
    Awkward("ReLU dense, all inputs zero", ReluDense, DENSE, dense(ZEROS, np.zeros((3, 2)))),
    Awkward("ReLU dense, all units dead", ReluDense, DENSE, {"x": X, "W": np.zeros((3, 2)), "b": np.full(2, -5.0)}),
    Awkward("ReLU6 on its upper kink", relu6, DENSE, dense(6 * np.eye(3), np.eye(3))),
    Awkward("ReLU dense 1e-9 beside the kink", ReluDense, DENSE, dense(1e-9 * X, np.eye(3))),
    Awkward("dense, all zeros", Dense, DENSE, dense(ZEROS, np.zeros((3, 2)))),
    Awkward(
        "dense, entries from 1e-12 to 1e12",
        Dense,
        DENSE,
        dense([[1e12, 1e-12]], [[1e-12], [1e12]]),
    ),
    Awkward("skip on the kink", SkipDense, SKIP, {"x": ZEROS, "W": np.eye(3)}),
    Awkward("cross-entropy, all logits equal", SoftmaxCrossEntropy, LABELS, labelled("z", ONES, 0, 2)),
    Awkward("cross-entropy, certain and right", SoftmaxCrossEntropy, LABELS, labelled("z", CERTAIN, 0, 1, 2)),
    Awkward(
        "cross-entropy, certain and wrong",
        SoftmaxCrossEntropy,
        LABELS,
        labelled("z", CERTAIN, 1, 2, 0),
    ),
    Awkward(
        "hinge exactly at the margin",
        Hinge,
        SCORES,
        labelled("s", MARGIN, 0, 2),
    ),
    Awkward("hinge, all margins kept", Hinge, SCORES, labelled("s", CERTAIN, 0, 1, 2)),
    Awkward("hinge, all scores equal", Hinge, SCORES, labelled("s", ONES, 1, 1)),
    Awkward(
        "triplet exactly at the margin",
        Triplet,
        TRIPLET,
        {"a": ZEROS, "p": ZEROS, "n": np.eye(3)[:2]},
    ),
    Awkward("triplet, all three equal", Triplet, TRIPLET, {"a": X, "p": X, "n": X}),
    Awkward("triplet, margin kept by all", Triplet, TRIPLET, {"a": X, "p": X, "n": X + 5}),
    Awkward("smooth L1 where its halves meet", SmoothL1, RESIDUAL, {"x": ONES, "t": ZEROS}),
    Awkward("smooth L1 at its minimum", SmoothL1, RESIDUAL, {"x": X, "t": X}),
    Awkward("KL sparsity at its minimum", KLSparsity, UNIT, {"h": np.full((2, 3), 0.05)}),
    Awkward("KL sparsity near its pole", KLSparsity, UNIT, {"h": np.full((2, 3), 1e-7)}),
    Awkward("layer norm of constant rows", LayerNorm, LAYER, normed(ONES)),
    Awkward("layer norm with gamma zero", LayerNorm, LAYER, normed(X) | {"gamma": np.zeros(3)}),
    Awkward(
        "layer norm of nearly constant rows",
        LayerNorm,
        LAYER,
        normed(1 + 1e-6 * X),
    ),
    Awkward(
        "batch norm of a constant",
        BatchNorm,
        BATCH,
        normed(np.ones((2, 3, 2))),
    ),
    Awkward(
        "batch norm of equal examples",
        BatchNorm,
        BATCH,
        normed(np.stack([X, X])),
    ),
    Awkward("L2 normalise a row of zeros", L2Normalise, ROWS, {"x": np.array([[0.0, 0.0], [3.0, 4.0]])}),
    Awkward("L2 normalise on the floor's kink", L2Normalise, ROWS, {"x": np.array([[0.1, 0.0], [0.0, -0.1]])}),
    Awkward("cosine of zero vectors", CosineSimilarity, PAIRS, {"a": ZEROS, "b": ZEROS}),
    Awkward("cosine of parallel vectors", CosineSimilarity, PAIRS, {"a": X, "b": 2 * X}),
    Awkward("cosine of orthogonal vectors", CosineSimilarity, PAIRS, {"a": np.eye(3)[:2], "b": np.eye(3)[1:]}),
    Awkward("max pool of a constant", MaxPool2d, PLANE, {"x": np.ones((1, 1, 3, 4))}),
    Awkward("max pool, ties in overlapping windows", MaxPool2d, PLANE, {"x": STEPS}),
    Awkward("global max of ties", GlobalMax, LINE, {"x": TIES}),
    Awkward("global max within 1e-12 of a tie", GlobalMax, LINE, {"x": np.array([[1.0, 1.0 + 1e-12, 0.0]])}),
    Awkward("attention, all keys equal", Attention, CROSS, {"q": X, "k": ONES, "v": X}),
    Awkward("attention, one key wins", Attention, CROSS, {"q": 100 * X, "k": CERTAIN, "v": X.T @ X}),
    Awkward("LSTM, all zeros", LSTMCell, LSTM, lstm(0.0)),
    Awkward("LSTM, saturated", LSTMCell, LSTM, lstm(50.0)),
    Awkward("LSTM, saturated the other way", LSTMCell, LSTM, lstm(-40.0)),
    Awkward("GRU, all zeros", GRUCell, GRU, gru(0.0)),
    Awkward("GRU, saturated", GRUCell, GRU, gru(40.0)),
    Awkward("embedding, one id for all", Embedding, TOKENS, {"table": X, "ids": np.ones(4, int)}),
    Awkward(
        "scatter-add, all into one row",
        ScatterAdd,
        SCATTER,
        {"base": X, "values": -X, "index": np.zeros(2, int)},
    ),
    Awkward("GELU at zero and far out", Gelu, ROWS, line(0.0, 40.0, -40.0, 1e-300)),
    Awkward("softplus far out", Softplus, ROWS, line(800.0, -800.0, 0.0)),
    Awkward("PReLU on the kink", PRelu, SLOPES, {"x": np.zeros((2, 2)), "a": np.array([0.25, -1.0])}),
    Awkward("hard tanh on both kinks", HardTanh, ROWS, line(1.0, -1.0, 0.0)),
    Awkward("hard tanh, all outside", HardTanh, ROWS, line(5.0, -5.0)),
    Awkward("dropout of everything", Dropout, MASKED, {"x": X, "mask": np.zeros((2, 3), int)}),
    Awkward("log-sum-exp of ties", LogSumExp, ROWS, line(700.0, 700.0)),
    Awkward("log-sum-exp of far apart", LogSumExp, ROWS, line(1e5, -1e5, 0.0)),
    Awkward("softmax of far apart", Softmax, ROWS, line(1e4, -1e4, 0.0)),
    Awkward("KATE with tied winners", Kate, COMPETE, {"x": np.eye(2), "W": TIED_UNITS}),
    Awkward("KATE without activity", Kate, COMPETE, {"x": np.zeros((2, 2)), "W": np.ones((2, 3))}),
]
