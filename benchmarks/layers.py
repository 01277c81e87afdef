"""The suite of layers through gradcheck and through other checkers: caught, false alarms, unsure, seconds.

    python -m benchmarks.layers             one seed, all checkers that are installed
    python -m benchmarks.layers --seeds 20  gradcheck over 20 seeds, in two processes
    python -m benchmarks.layers --only "max pool"

The other checkers get what a user would hand them: one ordinary input of sizes 2 to 5, or an awkward case's own
input, in NumPy arrays behind a custom function, with default settings. An exception counts as a failed check.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from layers import AWKWARD, BUGS, RIGHT
from layers.engine import judge
from layers.sample import dims, forward, gradients, inputs
from layers.suite import Bug

CASES = [*BUGS, *RIGHT, *AWKWARD]
Result = tuple[int, int, str, float]  # case, seed, answer, seconds
MOST = 5_000  # entries of input beyond which checkers that go entry by entry give no answer


@dataclass(frozen=True)
class Flat:
    """A case as one function of its differentiable inputs with one flat output, and its claimed vjp."""

    case: Any
    given: dict[str, np.ndarray]

    @property
    def names(self) -> list[str]:
        return self.case.setting.differentiable()

    @property
    def arguments(self) -> list[np.ndarray]:
        return [self.given[name].copy() for name in self.names]

    def value(self, *arrays: np.ndarray) -> np.ndarray:
        y, _ = forward(self.case.make(), self.given | dict(zip(self.names, arrays, strict=True)))
        return np.concatenate([np.ravel(part) for part in (y if isinstance(y, tuple) else (y,))])

    def vjp(self, dy: np.ndarray, *arrays: np.ndarray) -> list[np.ndarray]:
        at = self.given | dict(zip(self.names, arrays, strict=True))
        claimed = gradients(self.case.make(), at, self.shaped(dy))
        return [np.asarray(claimed[name]) for name in self.names]

    def shaped(self, dy: np.ndarray) -> Any:
        """dy in the form of the layer's own output."""
        y, _ = forward(self.case.make(), {name: array.copy() for name, array in self.given.items()})
        parts, made = (y if isinstance(y, tuple) else (y,)), []
        for part in parts:
            made.append(np.array(dy[: np.size(part)]).reshape(np.shape(part))[()])
            dy = dy[np.size(part) :]
        return tuple(made) if isinstance(y, tuple) else made[0]


def one_input(case: Any, seed: int) -> dict[str, np.ndarray]:
    """What a user would hand over: the case's own input, or an ordinary one."""
    if getattr(case, "at", None) is not None:
        return {name: array.copy() for name, array in case.at.items()}
    rng = np.random.default_rng(seed)
    sizes = {dim: int(rng.integers(2, 6)) for dim in dims(case.setting)}
    return inputs(case.setting, sizes | {d: low for d, (low, high) in case.setting.dims.items() if low == high}, rng)


def torch_gradcheck(flat: Flat, *, fast: bool) -> bool:
    import torch

    class Layer(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            ctx.arrays = [tensor.detach().numpy().copy() for tensor in tensors]
            return torch.from_numpy(flat.value(*[array.copy() for array in ctx.arrays]))

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            claimed = flat.vjp(dy.numpy().copy(), *[array.copy() for array in ctx.arrays])
            return tuple(torch.from_numpy(np.ascontiguousarray(gradient)) for gradient in claimed)

    tensors = [torch.from_numpy(array).requires_grad_() for array in flat.arguments]
    return torch.autograd.gradcheck(Layer.apply, tensors, fast_mode=fast)


def autograd_check_grads(flat: Flat) -> bool:
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    layer = primitive(flat.value)
    count = len(flat.names)
    defvjp(layer, *[lambda _, *arrays, k=k: lambda dy: flat.vjp(dy, *arrays)[k] for k in range(count)])
    check_grads(layer, modes=["rev"], order=1)(*flat.arguments)
    return True


def scipy_check_grad(flat: Flat) -> bool:
    """Accepted where the error is below 1e-6 of the gradient's norm, or of 1."""
    from scipy.optimize import check_grad

    arrays = flat.arguments
    v = np.random.default_rng(1).normal(size=flat.value(*arrays).shape)
    ends = np.cumsum([array.size for array in arrays])[:-1]

    def cut(x: np.ndarray) -> list[np.ndarray]:
        parts = zip(np.split(x, ends), arrays, strict=True)
        return [part.reshape(array.shape).astype(array.dtype) for part, array in parts]

    def gradient(x: np.ndarray) -> np.ndarray:
        return np.concatenate([np.ravel(g) for g in flat.vjp(v, *cut(x))])

    start = np.concatenate([array.ravel() for array in arrays]).astype(float)
    error = check_grad(lambda x: float(v @ flat.value(*cut(x))), gradient, start)
    return error <= 1e-6 * max(1.0, float(np.linalg.norm(gradient(start))))


def other(check: Callable[[Flat], bool], limit: float, index: int, seed: int) -> str:
    """The answer of another checker on a case: pass, fail or none."""
    given = one_input(CASES[index], seed)
    if sum(array.size for array in given.values()) > limit:
        return "none"
    try:
        return "pass" if check(Flat(CASES[index], given)) else "fail"
    except Exception:
        return "fail"


def ours(index: int, seed: int) -> str:
    return judge(CASES[index], seed).status


def installed() -> dict[str, Callable[[int, int], str]]:
    """Checker by name, gradcheck first."""
    found: dict[str, Callable[[int, int], str]] = {"gradcheck": ours}
    if find_spec("torch"):
        found["torch gradcheck, slow"] = partial(other, partial(torch_gradcheck, fast=False), MOST)
        found["torch gradcheck, fast"] = partial(other, partial(torch_gradcheck, fast=True), np.inf)
    if find_spec("autograd"):
        found["autograd check_grads"] = partial(other, autograd_check_grads, np.inf)
    if find_spec("scipy"):
        found["scipy check_grad"] = partial(other, scipy_check_grad, MOST)
    return found


def answer(check: Callable[[int, int], str], job: tuple[int, int]) -> Result:
    """One check in a worker, timed."""
    started = time.perf_counter()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = check(*job)
    return *job, found, time.perf_counter() - started


def run(check: Callable[[int, int], str], jobs: list[tuple[int, int]], workers: int) -> list[Result]:
    if workers == 1:
        return [answer(check, job) for job in jobs]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(partial(answer, check), jobs, chunksize=4))


def row(name: str, results: Iterable[Result], seeds: int) -> str:
    counts: Counter[tuple[bool, str]] = Counter()
    seconds, slowest = 0.0, (0.0, "")
    for index, _, found, took in results:
        counts[isinstance(CASES[index], Bug), found] += 1
        seconds += took
        slowest = max(slowest, (took, str(getattr(CASES[index], "name", ""))))
    unsure = sum(n for (_, found), n in counts.items() if found in ("unsure", "none"))
    caught, alarms = counts[True, "fail"] / seeds, counts[False, "fail"] / seeds
    columns = (
        f"{caught:7.1f}",
        f"{alarms:12.1f}",
        f"{unsure / seeds:6.1f}",
        f"{seconds / seeds:8.1f}",
        f"{slowest[0]:7.1f}",
    )
    return f"{name:24}" + "".join(f"| {column} " for column in columns) + f" ({slowest[1]})"


def misjudged(results: Iterable[Result]) -> Iterable[str]:
    """What gradcheck got wrong, case by case."""
    for index, seed, found, _ in results:
        case = CASES[index]
        expected = "fail" if isinstance(case, Bug) else "pass"
        if found != expected:
            family = f"bug, {case.family.value}" if isinstance(case, Bug) else "right"
            yield f"  {found:7} seed {seed:2} [{family}] {case if isinstance(case, Bug) else case.name}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds (more than one: gradcheck alone)")
    parser.add_argument("--only", default="", help="cases whose name holds this text")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    chosen = [n for n, case in enumerate(CASES) if options.only in (str(case) if isinstance(case, Bug) else case.name)]
    wrong = sum(isinstance(CASES[n], Bug) for n in chosen)
    print(f"{wrong} planted bugs, {len(chosen) - wrong} right layers and awkward cases, {options.seeds} seed(s)\n")
    print(f"{'checker':24}|  caught | false alarms | unsure |  seconds | slowest")
    for name, check in installed().items():
        if name != "gradcheck" and options.seeds > 1:
            break
        results: list[Result] = []
        for seed in range(options.seeds):
            found = run(check, [(n, seed) for n in chosen], options.workers)
            results += found
            if name == "gradcheck":
                print(*misjudged(found), sep="\n", end="\n" * any(misjudged(found)), flush=True)
        print(row(name, results, options.seeds), flush=True)


if __name__ == "__main__":
    main()
