"""Right layers in awkward surroundings: single precision, large and small scales, no rows, a million parameters."""

from __future__ import annotations

from .activations import MASKED, SLOPES, Dropout, Gelu, HardTanh, PRelu, Softplus
from .attention import CROSS, HEADS, SELF, Attention, MultiHead
from .batch_norm import BATCH, BatchNorm
from .classification import LABELS, SCORES, Hinge, SoftmaxCrossEntropy
from .competition import COMPETE, Kate
from .conv1d import WIDE, Conv1d
from .conv2d import IMAGE, STRIDED, Conv2d
from .dense import DENSE, Dense, ReluDense
from .directions import PAIRS, CosineSimilarity, L2Normalise
from .gru import GRU, GRUCell
from .layer_norm import LAYER, OFFSET, LayerNorm
from .lookup import BAGS, SCATTER, TOKENS, Embedding, EmbeddingBag, ScatterAdd
from .losses import RESIDUAL, TRIPLET, UNIT, KLSparsity, SmoothL1, Triplet
from .lstm import LSTM, LSTMCell
from .pooling import LINE, PLANE, AveragePool1d, GlobalMax, MaxPool2d
from .skip import SKIP, SkipDense
from .softmax import ROWS, LogSumExp, Softmax
from .suite import Awkward


def causal_attention():
    return Attention(causal=True)


LAYERS = [
    (Dense, DENSE),
    (ReluDense, DENSE),
    (SkipDense, SKIP),
    (SoftmaxCrossEntropy, LABELS),
    (Hinge, SCORES),
    (Triplet, TRIPLET),
    (SmoothL1, RESIDUAL),
    (KLSparsity, UNIT),
    (LayerNorm, LAYER),
    (BatchNorm, BATCH),
    (L2Normalise, ROWS),
    (CosineSimilarity, PAIRS),
    (lambda: Conv1d(2, 1), WIDE),
    (lambda: Conv2d(**STRIDED), IMAGE),
    (MaxPool2d, PLANE),
    (GlobalMax, LINE),
    (Attention, CROSS),
    (causal_attention, SELF),
    (MultiHead, HEADS),
    (LSTMCell, LSTM),
    (GRUCell, GRU),
    (Embedding, TOKENS),
    (ScatterAdd, SCATTER),
    (Gelu, ROWS),
    (Softplus, ROWS),
    (HardTanh, ROWS),
    (LogSumExp, ROWS),
    (Softmax, ROWS),
    (Kate, COMPETE),
]
LARGE_SCALE = [Dense, ReluDense, SkipDense, SmoothL1, LayerNorm, CosineSimilarity, GlobalMax, Gelu, HardTanh, Kate]
SMALL_SCALE = [*LARGE_SCALE, SoftmaxCrossEntropy, LSTMCell, BatchNorm, LogSumExp, L2Normalise, Attention]
EMPTY = [Dense, ReluDense, LayerNorm, CosineSimilarity, LSTMCell, GRUCell, Embedding, ScatterAdd, Gelu, L2Normalise]


def title(make):
    return "causal Attention" if make is causal_attention else type(make()).__name__


def those(wanted):
    return [(make, setting) for make, setting in LAYERS if make in wanted]


def big(make, setting, **sizes):
    """The layer at these sizes only."""
    return Awkward(f"{title(make)} of a million", make, setting.but(dims={dim: (n, n) for dim, n in sizes.items()}))


AWKWARD = [
    *(Awkward(f"{title(make)} in single precision", make, setting.but(dtype="float32")) for make, setting in LAYERS),
    *(Awkward(f"{title(make)} at 1e8", make, setting.scaled(1e8)) for make, setting in those(LARGE_SCALE)),
    *(Awkward(f"{title(make)} at 1e-8", make, setting.scaled(1e-8)) for make, setting in those(SMALL_SCALE)),
    *(Awkward(f"{title(make)} without rows", make, setting.but(dims={"m": (0, 0)})) for make, setting in those(EMPTY)),
    Awkward("LayerNorm far from zero", LayerNorm, OFFSET),
    Awkward("LayerNorm of one feature", LayerNorm, LAYER.but(dims={"d": (1, 1)})),
    Awkward("L2Normalise of one entry", L2Normalise, ROWS.but(dims={"d": (1, 1)})),
    Awkward("BatchNorm of one value", BatchNorm, BATCH.but(dims={"m": (1, 1), "s": (1, 1)})),
    Awkward("SoftmaxCrossEntropy of one class", SoftmaxCrossEntropy, LABELS.but(dims={"c": (1, 1)})),
    Awkward("SoftmaxCrossEntropy saturated", SoftmaxCrossEntropy, LABELS.scaled(1000.0)),
    Awkward("LSTMCell saturated", LSTMCell, LSTM.scaled(300.0)),
    Awkward("EmbeddingBag in single precision", EmbeddingBag, BAGS.but(dtype="float32")),
    Awkward("Dropout in single precision", Dropout, MASKED.but(dtype="float32")),
    Awkward("PReLU at 1e-8", PRelu, SLOPES.scaled(1e-8)),
    Awkward("AveragePool1d without columns to spare", AveragePool1d, LINE.but(dims={"l": (1, 1)})),
    big(Dense, DENSE, m=4, d=1000, n=1000),
    big(ReluDense, DENSE, m=4, d=1000, n=1000),
    big(Embedding, TOKENS, v=10_000, d=100, m=50),
    big(LayerNorm, LAYER, m=1000, d=1000),
    big(GlobalMax, LINE, m=1000, l=1000),
]
