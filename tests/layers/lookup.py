"""Layers that gather and scatter by integer indices."""

# ruff: noqa: ARG001, ARG005 -- a stand-in takes whatever the right gradient takes
from __future__ import annotations

import numpy as np

from .suite import EDGE, ENTRY, FORMULA, PRECISION, PURITY, SHAPE, TINY, Right, Setting, wrong


class Embedding:
    """y[i] = table[ids[i]]."""

    def forward(self, table, ids):
        return table[ids], (table, ids)

    def backward(self, dy, cache):
        table, ids = cache
        gradient = np.zeros_like(table)
        np.add.at(gradient, ids, dy)
        return {"table": gradient}


class EmbeddingBag:
    """y[i] = the mean over j of table[ids[i, j]]."""

    def forward(self, table, ids):
        return table[ids].mean(axis=1), (table, ids)

    def backward(self, dy, cache):
        table, ids = cache
        gradient = np.zeros_like(table)
        np.add.at(gradient, ids, dy[:, None, :] / ids.shape[1])
        return {"table": gradient}


class ScatterAdd:
    """base with values[i] added to row index[i]."""

    def forward(self, base, values, index):
        y = base.copy()
        np.add.at(y, index, values)
        return y, (base, values, index)

    def backward(self, dy, cache):
        _, _, index = cache
        return {"base": dy.copy(), "values": dy[index]}


TOKENS = Setting({"table": ("v", "d"), "ids": ("m",)}, integers={"ids": "v"})
BAGS = Setting({"table": ("v", "d"), "ids": ("m", "k")}, integers={"ids": "v"})
SCATTER = Setting({"base": ("n", "d"), "values": ("m", "d"), "index": ("m",)}, integers={"index": "n"})


def filled(table, ids, dy):
    """The table's gradient with `gradient[ids] += dy`, which adds once where ids repeat."""
    gradient = np.zeros_like(table)
    gradient[ids] += dy
    return gradient


def accumulated(table, ids, dy, dtype=None):
    gradient = np.zeros(table.shape, dtype or table.dtype)
    np.add.at(gradient, ids, dy)
    return gradient.astype(table.dtype)


def averaged(dy, table, ids):
    count = np.bincount(ids, minlength=len(table))
    return accumulated(table, ids, dy) / np.maximum(count, 1)[:, None]


def per_row(dy, table, ids):
    """`gradient[ids[i]] += dy[i]` for each bag: lost where ids repeat within the bag."""
    gradient = np.zeros_like(table)
    for i, bag in enumerate(ids):
        gradient[bag] += dy[i] / len(bag)
    return gradient


def keeps_the_gradient(self, dy, cache):
    table, ids = cache
    if getattr(self, "gradient", None) is None or self.gradient.shape != table.shape:
        self.gradient = np.zeros_like(table)
    np.add.at(self.gradient, ids, dy)
    return {"table": self.gradient.copy()}


def sorts_ids(self, dy, cache):
    table, ids = cache
    order = np.argsort(ids, kind="stable")
    ids.sort()
    return {"table": accumulated(table, ids, dy[order])}


def adds_in_place(self, base, values, index):
    np.add.at(base, index, values)
    return base.copy(), (base, values, index)


def adds_once(self, base, values, index):
    y = base.copy()
    y[index] += values
    return y, (base, values, index)


def overwrites(self, base, values, index):
    y = base.copy()
    y[index] = values
    return y, (base, values, index)


TWICE = {"table": np.eye(2), "ids": np.array([1, 1])}
BAG_TWICE = {"table": np.eye(2), "ids": np.array([[1, 1]])}
SAME_ROW = {"base": np.eye(2), "values": np.eye(2), "index": np.array([1, 1])}


RIGHT = [
    Right("embedding", Embedding, TOKENS, lambda torch, table, ids: torch.nn.functional.embedding(ids, table)),
    Right("embedding bag", EmbeddingBag, BAGS, lambda torch, table, ids: torch.nn.functional.embedding_bag(ids, table)),
    Right("scatter-add", ScatterAdd, SCATTER, lambda torch, base, values, index: base.index_add(0, index, values)),
]

BUGS = [
    wrong(
        Embedding,
        TOKENS,
        EDGE,
        "gradient[ids] += dy adds repeated ids once",
        table=lambda dy, table, ids: filled(table, ids, dy),
        witness=TWICE,
    ),
    wrong(Embedding, TOKENS, EDGE, "repeated ids averaged", table=averaged, witness=TWICE),
    wrong(
        Embedding,
        TOKENS,
        FORMULA,
        "the row before the id",
        table=lambda dy, table, ids: accumulated(table, ids - 1, dy),
        witness={"v": 3},
    ),
    wrong(
        Embedding,
        TOKENS,
        ENTRY,
        "id 0 treated as padding in backward",
        table=lambda dy, table, ids: accumulated(table, ids, dy * (ids > 0)[:, None]),
    ),
    wrong(
        Embedding,
        TOKENS,
        FORMULA,
        "scaled by the root of d in backward",
        table=lambda dy, table, ids: accumulated(table, ids, dy) * np.sqrt(table.shape[1]),
        witness={"d": 3},
    ),
    wrong(
        Embedding,
        TOKENS,
        SHAPE,
        "as many rows as the largest id",
        table=lambda dy, table, ids: accumulated(table[: ids.max() + 1], ids, dy),
        witness={"v": 4, "m": 1},
    ),
    wrong(
        Embedding,
        TOKENS,
        PRECISION,
        "accumulated in float32",
        table=lambda dy, table, ids: accumulated(table, ids, dy, np.float32),
    ),
    wrong(
        Embedding,
        TOKENS,
        TINY,
        "L2 penalty of 1e-4 on the rows looked up",
        table=lambda dy, table, ids: (
            accumulated(table, ids, dy) + 1e-4 * table * np.isin(np.arange(len(table)), ids)[:, None]
        ),
    ),
    wrong(Embedding, TOKENS, PURITY, "gradient kept from call to call", backward=keeps_the_gradient),
    wrong(
        Embedding,
        TOKENS,
        PURITY,
        "ids sorted in place",
        backward=sorts_ids,
        witness={"table": np.ones((3, 2)), "ids": np.array([2, 0])},
    ),
    wrong(EmbeddingBag, BAGS, EDGE, "ids repeated within a bag counted once", table=per_row, witness=BAG_TWICE),
    wrong(
        EmbeddingBag,
        BAGS,
        FORMULA,
        "not divided by the bag's size",
        table=lambda dy, table, ids: accumulated(table, ids, np.repeat(dy[:, None], ids.shape[1], axis=1)),
        witness={"k": 3},
    ),
    wrong(
        EmbeddingBag,
        BAGS,
        FORMULA,
        "divided by the number of bags",
        table=lambda dy, table, ids: accumulated(table, ids, np.repeat(dy[:, None], ids.shape[1], axis=1)) / len(ids),
        witness={"m": 2, "k": 3},
    ),
    wrong(
        ScatterAdd,
        SCATTER,
        FORMULA,
        "the first rows of dy for the values",
        values=lambda dy, base, values, index: np.resize(dy, values.shape),
        witness={"n": 3, "m": 2},
    ),
    wrong(
        ScatterAdd,
        SCATTER,
        FORMULA,
        "base gets no gradient where values were added",
        base=lambda dy, base, values, index: dy * ~np.isin(np.arange(len(dy)), index)[:, None],
    ),
    wrong(ScatterAdd, SCATTER, EDGE, "forward adds once where indices repeat", forward=adds_once, witness=SAME_ROW),
    wrong(ScatterAdd, SCATTER, FORMULA, "forward overwrites, backward adds", forward=overwrites),
    wrong(
        ScatterAdd,
        SCATTER,
        EDGE,
        "repeated indices share the gradient",
        values=lambda dy, base, values, index: dy[index] / np.bincount(index, minlength=len(base))[index][:, None],
        witness=SAME_ROW,
    ),
    wrong(ScatterAdd, SCATTER, PURITY, "base added to in place", forward=adds_in_place),
]
