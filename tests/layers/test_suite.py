"""The suite itself is honest: the right layers are right, the wrong ones are wrong, and in the way they say."""

from __future__ import annotations

import numpy as np
import pytest

from . import AWKWARD, BUGS, RIGHT
from .sample import (
    copies,
    copy_of,
    cotangent,
    departs,
    dims,
    forward,
    gradients,
    inputs,
    is_impure,
    size_of,
    slopes,
    typical,
)
from .suite import EDGE, PURITY, SHAPE, TINY, Family, Right

FORWARD_NOISE = 1e-5  # central differences stand in where a variation's forward differs


def rng_for(text: str) -> np.random.Generator:
    return np.random.default_rng(list(text.encode()))


def torch_gradients(torch, right: Right, given, dy):
    tensors = {name: torch.tensor(array) for name, array in given.items()}
    names = right.setting.differentiable()
    for name in names:
        tensors[name].requires_grad_()
    y = right.torch(torch, **tensors)
    outputs = y if isinstance(y, tuple) else (y,)
    dys = dy if isinstance(dy, tuple) else (dy,)
    found = torch.autograd.grad(
        outputs,
        [tensors[name] for name in names],
        [torch.as_tensor(np.asarray(part)) for part in dys],
        allow_unused=True,
    )
    values = tuple(part.detach().numpy() for part in outputs)
    return values, {n: np.zeros_like(given[n]) if g is None else g.numpy() for n, g in zip(names, found, strict=True)}


@pytest.mark.parametrize("right", RIGHT, ids=lambda right: right.name)
def test_right_layers_agree_with_torch(right):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    rng = rng_for(right.name)
    for k in range(12):
        given = typical(right.setting, rng)
        if k % 4 == 1:
            given = inputs(right.setting, dict.fromkeys(dims(right.setting), 1), rng)
        if k % 4 == 2:
            given = {n: a if a.dtype.kind == "i" or n in right.setting.ranges else a * 10 for n, a in given.items()}
        layer = right.make()
        y, cache = layer.forward(**copies(given))
        dy = cotangent(y, rng)
        values, expected = torch_gradients(torch, right, given, dy)
        for mine, theirs in zip(y if isinstance(y, tuple) else (y,), values, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-11)
        claimed = layer.backward(copy_of(dy), cache)
        scale = max(np.abs(a).max() for a in (*expected.values(), *(dy if isinstance(dy, tuple) else (dy,))))
        for name, right_gradient in expected.items():
            np.testing.assert_allclose(claimed[name], right_gradient, rtol=1e-8, atol=1e-9 * scale, err_msg=name)


def draws(bug, count=30):
    """Inputs where the bug should show: its witness, or typical inputs (of the witness's sizes)."""
    rng = rng_for(str(bug))
    witness = dict(bug.witness or {})
    if witness.keys() == bug.setting.shapes.keys():
        yield witness, rng
        return
    for _ in range(count):
        yield typical(bug.setting, rng, **witness), rng


def shows(bug, given, rng) -> bool:
    dy = cotangent(bug.make().forward(**copies(given))[0], rng)
    if bug.family is PURITY:
        return is_impure(bug, given, dy)
    forward_differs = "forward" in vars(type(bug.make()))
    return departs(bug, given, dy) > (FORWARD_NOISE if forward_differs else 1e-12)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_every_bug_shows_where_it_should(bug):
    assert any(shows(bug, given, rng) for given, rng in draws(bug))


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.family in (SHAPE, EDGE)], ids=str)
def test_bugs_of_shapes_and_edges_hide_at_some_ordinary_inputs(bug):
    rng = rng_for(str(bug))
    sizes = [{dim: int(rng.integers(1, 4)) for dim in dims(bug.setting)} for _ in range(40)]
    calm = (inputs(bug.setting, size, rng) for size in sizes)
    assert not all(shows(bug, given, rng) for given in calm)


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.family is TINY], ids=str)
def test_tiny_bugs_are_tiny(bug):
    sizes = [departs(bug, given, cotangent(bug.make().forward(**copies(given))[0], rng)) for given, rng in draws(bug)]
    assert 1e-6 < np.median(sizes) < 3e-2


@pytest.mark.parametrize("awkward", [a for a in AWKWARD if a.at is None], ids=lambda awkward: awkward.name)
def test_awkward_layers_are_right_at_most_ordinary_inputs(awkward):
    rng = rng_for(awkward.name)
    setting = awkward.setting.but(dtype="float64")
    given = typical(setting, rng, **{dim: low for dim, (low, high) in setting.dims.items() if low == high})
    if sum(array.size for array in given.values()) > 10_000:
        return  # the same layer is verified at ordinary sizes elsewhere
    layer = awkward.make()
    dy = cotangent(forward(layer, copies(given))[0], rng)
    claimed = gradients(layer, copies(given), copy_of(dy))
    reach = max(np.abs(a).max(initial=1e-7) for a in given.values() if a.dtype.kind == "f")
    estimates = [slopes(layer, given, dy, h=h * reach) for h in (1e-9, 1e-7, 1e-6, 1e-4, 1e-2)]
    for name, gradient in claimed.items():
        scale = max(scale_of(estimate) for estimate in estimates[1:4])
        close = [np.isclose(gradient, e[name], rtol=1e-4, atol=1e-4 * scale) for e in estimates]
        good = np.any([*close, np.isnan(gradient)], axis=0)
        assert good.sum() >= 0.75 * good.size, name


def scale_of(gradients):
    return max([float(np.nanmax(np.abs(g), initial=0)) for g in gradients.values()])


@pytest.mark.parametrize("awkward", [a for a in AWKWARD if a.at is not None], ids=lambda awkward: awkward.name)
def test_awkward_points_fit_the_setting(awkward):
    assert awkward.at.keys() == awkward.setting.shapes.keys()
    sizes = {}
    for name, shape in awkward.setting.shapes.items():
        pairs = zip(shape, awkward.at[name].shape, strict=True)
        sizes |= {dim_of(size): n - offset_of(size) for size, n in pairs if dim_of(size)}
    for name, shape in awkward.setting.shapes.items():
        assert tuple(size_of(size, sizes) for size in shape) == awkward.at[name].shape


def dim_of(size):
    return str(size).split("+")[0] if not str(size).isdigit() else None


def offset_of(size):
    return int(str(size).partition("+")[2] or 0)


def test_the_suite_is_as_large_as_it_should_be():
    assert len({str(bug) for bug in BUGS}) == len(BUGS) >= 150
    assert len({type(right.make()) for right in RIGHT}) >= 20
    assert all(sum(bug.family is family for bug in BUGS) >= 12 for family in Family)
    assert len({awkward.name for awkward in AWKWARD}) == len(AWKWARD) >= 100
    assert all(name in bug.setting.shapes for bug in BUGS for name in gradients_of(bug))


def gradients_of(bug):
    rng = rng_for(str(bug))
    given = typical(bug.setting, rng)
    layer = bug.right()
    return gradients(layer, given, cotangent(layer.forward(**copies(given))[0], rng))
