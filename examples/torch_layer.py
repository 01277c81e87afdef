"""A gated unit y = a sigmoid(g) as a torch.autograd.Function: the gradient of the gate forgets the slope of sigmoid."""

from __future__ import annotations

from typing import Any

import torch


class Gated(torch.autograd.Function):
    """y = a sigmoid(g), entry by entry."""

    @staticmethod
    def forward(ctx: Any, a: torch.Tensor, g: torch.Tensor) -> torch.Tensor:
        """The value, with what backward needs kept in ctx."""
        s = torch.sigmoid(g)
        ctx.save_for_backward(a, s)
        return a * s

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The gradients of a and g."""
        a, s = ctx.saved_tensors
        return dy * s, dy * a * s


class MendedGated(Gated):
    """The same with the slope of sigmoid."""

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The gradients of a and g."""
        a, s = ctx.saved_tensors
        return dy * s, dy * a * s * (1 - s)
