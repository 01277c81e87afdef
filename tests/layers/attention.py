"""Attention: scaled dot products, causal, several heads."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .classification import softmax
from .suite import EDGE, ENTRY, FORMULA, PRECISION, PURITY, SHAPE, TINY, Right, Setting, wrong


class Attention:
    """softmax(q k^T / sqrt(d)) v; causal: position t sees positions up to t."""

    def __init__(self, causal=False):
        self.causal = causal

    def forward(self, q, k, v):
        scores = q @ k.T / np.sqrt(q.shape[1])
        if self.causal:
            scores = np.where(np.tri(*scores.shape, dtype=bool), scores, -np.inf)
        p = softmax(scores)
        return p @ v, (q, k, v, p)

    def backward(self, dy, cache):
        q, k, v, p = cache
        dp = dy @ v.T
        ds = p * (dp - (dp * p).sum(axis=1, keepdims=True)) / np.sqrt(q.shape[1])
        return {"q": ds @ k, "k": ds.T @ q, "v": p.T @ dy}


class MultiHead:
    """Attention for each head of q, k, v (h, t, d), the heads' outputs side by side in y (t, h d)."""

    def forward(self, q, k, v):
        p = softmax(q @ k.swapaxes(1, 2) / np.sqrt(q.shape[2]))
        y = (p @ v).transpose(1, 0, 2)
        return y.reshape(len(y), -1), (q, k, v, p)

    def heads(self, dy, q):
        return dy.reshape(q.shape[1], q.shape[0], -1).transpose(1, 0, 2)

    def backward(self, dy, cache):
        q, k, v, p = cache
        do = self.heads(dy, q)
        dp = do @ v.swapaxes(1, 2)
        ds = p * (dp - (dp * p).sum(axis=2, keepdims=True)) / np.sqrt(q.shape[2])
        return {"q": ds @ k, "k": ds.swapaxes(1, 2) @ q, "v": p.swapaxes(1, 2) @ do}


CROSS = Setting({"q": ("t", "d"), "k": ("s", "d"), "v": ("s", "e")})
SELF = Setting({"q": ("t", "d"), "k": ("t", "d"), "v": ("t", "e")})
HEADS = Setting({"q": ("h", "t", "d"), "k": ("h", "t", "d"), "v": ("h", "t", "d")})


def torch_attention(torch, q, k, v, causal=False):
    return torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=causal)[0]


def torch_heads(torch, q, k, v):
    y = torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None])[0]
    return y.permute(1, 0, 2).reshape(q.shape[1], -1)


def rowwise(a):
    return a.sum(axis=1, keepdims=True)


def scores(formula):
    """A backward of Attention with another gradient of the scores: `formula(p, dp, q, v)`."""

    def backward(self, dy, cache):
        q, k, v, p = cache
        ds = formula(p, dy @ v.T, q, v)
        return {"q": ds @ k, "k": ds.T @ q, "v": p.T @ dy}

    return backward


def softmax_ds(p, dp, q, v):
    return p * (dp - rowwise(dp * p)) / np.sqrt(q.shape[1])


def keys_in_blocks_of_eight(dy, q, k, v, p):
    """The gradient of the keys, block by block; a last block that isn't full is forgotten."""
    dk = softmax_ds(p, dy @ v.T, q, v).T @ q
    if len(k) > 8:
        dk[len(k) // 8 * 8 :] = 0
    return dk


def recomputed(q, k):
    """The weights computed again without the shift, as a memory-saving backward might."""
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(q @ k.T / np.sqrt(q.shape[1]))
        return e / rowwise(e)


def without_shift(self, dy, cache):
    q, k, v, _ = cache
    with np.errstate(invalid="ignore"):
        return Attention.backward(self, dy, (q, k, v, recomputed(q, k)))


def mask_forgotten_when_recomputed(self, dy, cache):
    q, k, v, _ = cache
    return Attention.backward(self, dy, (q, k, v, softmax(q @ k.T / np.sqrt(q.shape[1]))))


def works_in_the_cached_weights(self, dy, cache):
    q, k, v, p = cache
    dv = p.T @ dy
    dp = dy @ v.T
    dp -= rowwise(dp * p)
    p *= dp / np.sqrt(q.shape[1])
    return {"q": p @ k, "k": p.T @ q, "v": dv}


def scales_q_in_place(self, q, k, v):
    q /= np.sqrt(q.shape[1])
    kept = q * np.sqrt(q.shape[1])
    y, (_, _, _, p) = Attention.forward(self, kept, k, v)
    return y, (kept, k, v, p)


def heads_reshaped_only(self, dy, q):
    return dy.reshape(q.shape[0], q.shape[1], -1)


def first_head_only(self, dy, cache):
    gradients = MultiHead.backward(self, dy, cache)
    return gradients | {"k": gradients["k"] * (np.arange(len(gradients["k"])) == 0)[:, None, None]}


LARGE = {"q": np.full((1, 1), 40.0), "k": np.array([[40.0], [1.0]]), "v": np.array([[1.0], [2.0]])}


class Reshaping(MultiHead):
    heads = heads_reshaped_only


RIGHT = [
    Right("attention", Attention, CROSS, torch_attention),
    Right(
        "causal attention",
        lambda: Attention(causal=True),
        SELF,
        lambda torch, q, k, v: torch_attention(torch, q, k, v, causal=True),
    ),
    Right("multi-head attention", MultiHead, HEADS, torch_heads),
]

BUGS = [
    wrong(
        Attention,
        CROSS,
        FORMULA,
        "scale missing in backward",
        backward=scores(lambda p, dp, q, v: p * (dp - rowwise(dp * p))),
        witness={"d": 3},
    ),
    wrong(
        Attention,
        CROSS,
        FORMULA,
        "scale missing for the keys",
        k=lambda dy, q, k, v, p: (p * (dy @ v.T - rowwise(dy @ v.T * p))).T @ q,
        witness={"d": 3},
    ),
    wrong(
        Attention,
        CROSS,
        FORMULA,
        "scaled by d, not its root",
        backward=scores(lambda p, dp, q, v: p * (dp - rowwise(dp * p)) / q.shape[1]),
        witness={"d": 3},
    ),
    wrong(
        Attention,
        CROSS,
        FORMULA,
        "scaled by the width of v",
        backward=scores(lambda p, dp, q, v: p * (dp - rowwise(dp * p)) / np.sqrt(v.shape[1])),
        witness={"d": 3, "e": 2},
    ),
    wrong(
        Attention,
        CROSS,
        FORMULA,
        "only the diagonal of softmax's Jacobian",
        backward=scores(lambda p, dp, q, v: p * (1 - p) * dp / np.sqrt(q.shape[1])),
    ),
    wrong(
        Attention,
        CROSS,
        FORMULA,
        "row sums not weighted by p",
        backward=scores(lambda p, dp, q, v: p * (dp - rowwise(dp)) / np.sqrt(q.shape[1])),
    ),
    wrong(
        Attention,
        CROSS,
        FORMULA,
        "sums over the queries",
        backward=scores(lambda p, dp, q, v: p * (dp - (dp * p).sum(axis=0)) / np.sqrt(q.shape[1])),
        witness={"t": 2, "s": 3},
    ),
    wrong(
        Attention,
        SELF,
        FORMULA,
        "weights not transposed for the values",
        v=lambda dy, q, k, v, p: p @ dy,
        witness={"t": 3},
    ),
    wrong(
        Attention,
        SELF,
        FORMULA,
        "scores not transposed for the keys",
        k=lambda dy, q, k, v, p: softmax_ds(p, dy @ v.T, q, v) @ q,
        witness={"t": 3},
    ),
    wrong(
        Attention,
        CROSS,
        FORMULA,
        "p where dp belongs: the scores' gradient of a wrong sign",
        backward=scores(lambda p, dp, q, v: p * (rowwise(dp * p) - dp) / np.sqrt(q.shape[1])),
    ),
    wrong(
        Attention,
        CROSS,
        ENTRY,
        "the first key gets no gradient",
        k=lambda dy, q, k, v, p: softmax_ds(p, dy @ v.T, q, v).T @ q * (np.arange(len(k)) > 0)[:, None],
        witness={"s": 3},
    ),
    wrong(
        Attention,
        CROSS,
        TINY,
        "1e-4 added to the weights",
        backward=lambda self, dy, cache: Attention.backward(self, dy, (*cache[:3], cache[3] + 1e-4)),
    ),
    wrong(
        Attention,
        CROSS,
        SHAPE,
        "keys in blocks of eight, the rest forgotten",
        k=keys_in_blocks_of_eight,
        witness={"s": 9},
    ),
    wrong(Attention, CROSS, EDGE, "weights computed again without the shift", backward=without_shift, witness=LARGE),
    wrong(
        Attention,
        SELF,
        FORMULA,
        "mask forgotten when the weights are computed again",
        options={"causal": True},
        backward=mask_forgotten_when_recomputed,
        witness={"t": 3},
    ),
    wrong(Attention, CROSS, PURITY, "gradients worked out in the cached weights", backward=works_in_the_cached_weights),
    wrong(Attention, CROSS, PURITY, "queries scaled in place", forward=scales_q_in_place, witness={"d": 2}),
    wrong(
        Attention,
        CROSS,
        PRECISION,
        "weights kept in float32",
        backward=lambda self, dy, cache: Attention.backward(
            self, dy, (*cache[:3], cache[3].astype(np.float32).astype(dy.dtype))
        ),
    ),
    wrong(
        MultiHead,
        HEADS,
        SHAPE,
        "heads cut apart without the transpose",
        backward=lambda self, dy, cache: MultiHead.backward(Reshaping(), dy, cache),
        witness={"h": 2, "t": 3, "d": 2},
    ),
    wrong(
        MultiHead, HEADS, SHAPE, "the keys of the first head only", backward=first_head_only, witness={"h": 2, "t": 3}
    ),
]
