"""Softmax cross-entropy in NumPy: the mean over the batch in forward, its 1/m forgotten in backward."""

from __future__ import annotations

from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]


class CrossEntropy:
    """The mean over the batch of -log softmax(z)[label]."""

    def forward(self, z: np.ndarray, labels: np.ndarray) -> tuple[Any, Any]:
        """The loss of logits z (m, c) and labels (m,), and what backward needs."""
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        loss = -log_p[np.arange(len(z)), labels].mean()
        return loss, (np.exp(log_p), labels)

    def backward(self, dy: Any, cache: Any) -> Arrays:
        """The gradient of dy times the loss with respect to the logits."""
        p, labels = cache
        dz = p.copy()
        dz[np.arange(len(p)), labels] -= 1
        return {"z": dy * dz}


class MendedCrossEntropy(CrossEntropy):
    """The same, divided by the batch size."""

    def backward(self, dy: Any, cache: Any) -> Arrays:
        """The gradient of dy times the loss with respect to the logits."""
        return {"z": super().backward(dy, cache)["z"] / len(cache[1])}
