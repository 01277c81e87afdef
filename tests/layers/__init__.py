"""Layers as people write them: right ones, wrong ones, and right ones that are awkward to check."""

from . import (
    activations,
    algebra,
    attention,
    batch_norm,
    classification,
    competition,
    conv1d,
    conv2d,
    dense,
    directions,
    functions,
    gru,
    habits,
    layer_norm,
    lookup,
    losses,
    lstm,
    points,
    pooling,
    scales,
    skip,
    softmax,
)

ROOMS = (
    dense,
    skip,
    classification,
    losses,
    layer_norm,
    batch_norm,
    directions,
    conv1d,
    conv2d,
    pooling,
    attention,
    lstm,
    gru,
    lookup,
    activations,
    softmax,
    competition,
)
RIGHT = [right for room in ROOMS for right in room.RIGHT]
BUGS = [bug for room in ROOMS for bug in room.BUGS]
AWKWARD = [awkward for room in (points, scales, functions, habits, algebra) for awkward in room.AWKWARD]
