"""Results are the caller's: no later call writes to them, and a program writes to nothing else."""

from __future__ import annotations

import gc
import threading
from typing import Any

import derive_networks as networks
import numpy as np
import pytest

from gradcheck.algebra.functions import RELU, TANH
from gradcheck.declare.network import Network
from gradcheck.evaluate import program

SIZES = {"n": 3, "m": 4, "d": 2, "k": 3, "p": 2}
NETWORK = networks.mlp(TANH, 3)


def point(seed: int = 0, network: Network = NETWORK, sizes: dict[str, int] = SIZES) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {t.name: rng.uniform(-1, 1, [d.value(sizes) for d in t.dims]) for t in network.leaves}


def copies(results: dict[str, Any]) -> dict[str, Any]:
    return {name: value.copy() for name, value in results.items()}


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_results_held_by_the_caller_are_never_written_again() -> None:
    made = program(NETWORK)
    held = [made.gradients(point(seed)) for seed in range(8)]
    kept = [copies(results) for results in held]
    for seed in range(8, 12):
        made.gradients(point(seed))
    assert all(same(a, b) for a, b in zip(held, kept, strict=True))


@pytest.mark.parametrize(
    "part",
    [
        lambda results: results["W^{[1]}"],
        lambda results: results["W^{[2]}"][0],
        lambda results: results["W^{[2]}"].T[1:],
        lambda results: results["b^{[1]}"].reshape(-1, 1)[:, 0],
        lambda results: memoryview(results["W^{[1]}"]),
        lambda results: iter([results["b^{[1]}"]]),
    ],
    ids=["array", "row", "view of a view", "reshaped", "memoryview", "in another object"],
)
def test_a_part_that_is_held_keeps_its_values(part: Any) -> None:
    made = program(NETWORK)
    read = lambda held: np.array(next(held) if hasattr(held, "__next__") else held)  # noqa: E731
    expected = read(part(program(NETWORK).gradients(point(1))))
    held = part(made.gradients(point(1)))
    for seed in range(2, 9):
        made.gradients(point(seed))
    assert np.array_equal(read(held), expected)


def test_results_that_are_dropped_are_written_again() -> None:
    made = program(NETWORK)
    where = {made.gradients(point())["W^{[1]}"].ctypes.data for _ in range(20)}
    assert len(where) <= 3


def test_a_result_given_back_as_an_input_is_not_overwritten_while_it_is_read() -> None:
    made, again = program(NETWORK), program(NETWORK)
    here, there = point(), point()
    for _ in range(5):
        here["W^{[1]}"] = made.gradients(here)["W^{[1]}"]
        there["W^{[1]}"] = again.gradients(there)["W^{[1]}"].copy()
        assert np.array_equal(here["W^{[1]}"], there["W^{[1]}"])


def test_inputs_are_not_written_and_may_be_read_only() -> None:
    here = point()
    kept = copies(here)
    for array in here.values():
        array.setflags(write=False)
    made = program(NETWORK)
    made.gradients(here)
    made.forward(here)
    assert same(here, kept)


def test_forward_values_share_no_memory_with_inputs_or_each_other() -> None:
    network = networks.skip_and_shared()
    here = point(0, network)
    values = program(network).forward(here)
    arrays = [*here.values(), *values.values()]
    for k, array in enumerate(arrays):
        assert not any(np.shares_memory(array, other) for other in arrays[:k])


def test_arrays_changed_in_place_are_read_anew() -> None:
    made = program(NETWORK)
    here = point()
    made.gradients(here)
    bound = made.bind(here)
    here["W^{[1]}"] *= 2
    expected = program(NETWORK).gradients(copies(here))
    assert same(made.gradients(here), expected)
    assert same(bound()[1], expected)


def test_lists_and_other_dtypes_changed_between_calls_are_read_anew() -> None:
    made = program(NETWORK)
    here = {name: value.tolist() for name, value in point().items()}
    made.gradients(here)
    here["b^{[1]}"][0] = 5.0
    low = {name: np.array(value, np.float32) for name, value in here.items()}
    assert same(made.gradients(here), program(NETWORK).gradients({k: np.array(v) for k, v in here.items()}))
    first = made.gradients(low)
    low["b^{[1]}"][0] = -5.0
    assert not same(made.gradients(low), first)


@pytest.mark.parametrize("layout", [np.asfortranarray, lambda a: np.repeat(a, 2, axis=0)[::2], lambda a: a[::-1][::-1]])
def test_any_memory_layout_gives_the_same_gradients(layout: Any) -> None:
    here = point()
    expected = program(NETWORK).gradients(here)
    found = program(NETWORK).gradients({name: layout(value) for name, value in here.items()})
    assert all(np.allclose(found[name], expected[name], rtol=1e-12) for name in expected)


def test_sizes_may_change_from_call_to_call() -> None:
    made = program(NETWORK)
    for batch in (1, 4, 1, 7, 4, 2, 3, 5, 6, 1):
        here = point(batch, sizes={**SIZES, "m": batch})
        assert same(made.gradients(here), program(NETWORK).gradients(here))


def test_a_bound_computation_hands_out_fresh_results() -> None:
    bound = program(NETWORK).bind(point())
    first = bound()[1]
    kept = copies(first)
    second = bound()[1]
    assert not any(np.shares_memory(first[name], second[name]) for name in first)
    assert same(first, kept)
    assert same(second, kept)


@pytest.mark.parametrize("network", [NETWORK, networks.mlp(RELU, 3)], ids=["tanh", "relu"])
def test_threads_do_not_disturb_each_other(network: Network) -> None:
    sizes = {**SIZES, "m": 64, "n": 48, "d": 48, "k": 48, "p": 48}
    points = [point(seed, network, sizes) for seed in range(4)]
    expected = [program(network).gradients(p) for p in points]
    made = program(network)
    failures: list[int] = []

    def work(k: int) -> None:
        for _ in range(60):
            if not same(made.gradients(points[k]), expected[k]):
                failures.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_an_error_inside_a_callable_leaves_the_program_usable() -> None:
    network = networks.three_neurons()
    calls = {"fail": True}

    def sometimes(t: Any) -> Any:
        if calls["fail"]:
            raise RuntimeError("on purpose")
        return np.tanh(t)

    made = program(network, functions={"\\sigma": (sometimes, lambda t: 1 - np.tanh(t) ** 2)})
    here = point(0, network)
    with pytest.raises(RuntimeError, match="on purpose"):
        made.gradients(here)
    calls["fail"] = False
    assert set(made.gradients(here)) == {"w_1", "w_2"}
    gc.collect()
