"""Clipping by norm as a jax.custom_vjp: the norm is taken as a constant in backward, wrong only where it is clipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

LIMIT = 1.0


def clip(x: jax.Array) -> jax.Array:
    """x, scaled down to norm LIMIT where its norm is larger."""
    return x * jnp.minimum(1.0, LIMIT / jnp.linalg.norm(x))


def keep(x: jax.Array) -> tuple[jax.Array, Any]:
    """The value, and what the backward pass needs."""
    return clip(x), x


def scale_only(x: jax.Array, dy: jax.Array) -> tuple[jax.Array]:
    """The gradient as if the scale didn't depend on x."""
    return (dy * jnp.minimum(1.0, LIMIT / jnp.linalg.norm(x)),)


def scale_and_project(x: jax.Array, dy: jax.Array) -> tuple[jax.Array]:
    """The same, less its part along x where x is clipped."""
    norm = jnp.linalg.norm(x)
    along = jnp.where(norm > LIMIT, jnp.sum(dy * x) / norm**2, 0.0)
    return ((dy - along * x) * jnp.minimum(1.0, LIMIT / norm),)


def with_backward(backward: Callable[..., Any]) -> Any:
    """`clip` with this backward pass."""
    layer = jax.custom_vjp(clip)
    layer.defvjp(keep, backward)
    return layer


clip_by_norm = with_backward(scale_only)
mended_clip_by_norm = with_backward(scale_and_project)
