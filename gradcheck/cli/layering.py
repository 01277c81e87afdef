"""The command `layer`: property tests of a custom layer that is named on the command line."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import GradcheckError, LayerError
from ..testing import check_layer
from .streams import write
from .workers import workers

PASS, FAIL, UNSURE = 0, 1, 3

_ENTRY = re.compile(r"\s*(?P<name>[^\s=;]+)\s*=\s*(?P<value>\([^)]*\)|[^\s;]*)\s*(?:;|(?=\s|$))")


@dataclass(frozen=True)
class Asked:
    """What the command line says of a layer, as it is written there.

    given: a keyword of `check_layer` (backward, vjp or gradient) -> the name of a function of the same module.
    """

    source: str
    shapes: Sequence[str] = ()
    dtypes: Sequence[str] = ()
    ranges: Sequence[str] = ()
    fixed: Sequence[str] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    framework: str | None = None
    second_order: bool = False
    seed: int = 0
    points: int | None = None
    jobs: int = 1


def check_named_layer(asked: Asked) -> int:
    """Check the layer that MODULE:NAME or FILE.py:NAME names; print the verdict and return the exit status."""
    module = asked.source.rpartition(":")[0]
    functions = {keyword: f"{module}:{name}" for keyword, name in asked.given.items()}
    with workers(asked.jobs, load, {"layer": asked.source, **functions}) as executor:
        verdict = check_layer(
            load(asked.source),
            read_shapes(" ".join(asked.shapes)) or None,
            dtypes=read_entries(" ".join(asked.dtypes), "NAME=DTYPE") or None,
            ranges=read_ranges(" ".join(asked.ranges)) or None,
            nondifferentiable=tuple(asked.fixed),
            framework=asked.framework,
            second_order=asked.second_order,
            seed=asked.seed,
            points=asked.points,
            executor=executor,
            **{keyword: load(name) for keyword, name in functions.items()},
        )
    write(str(verdict))
    return {"pass": PASS, "fail": FAIL, "unsure": UNSURE}[verdict.status]


def load(source: str) -> Any:
    """The object that MODULE:NAME names; a class of layers is called without arguments."""
    module, _, name = source.rpartition(":")
    if not module or not name:
        raise LayerError(
            "a layer is named by its module and its name", got=source, expected="MODULE:NAME or FILE.py:NAME"
        )
    found: Any = _imported(module)
    for part in name.split("."):
        if not hasattr(found, part):
            raise LayerError(f"{module} has no {name}", got=source, hint=_nearest(found))
        found = getattr(found, part)
    if not isinstance(found, type) or _is_torch_function(found):
        return found
    try:
        return found()
    except Exception as error:
        hint = "name an object, or a class that can be called without arguments"
        raise LayerError(f"{name}() failed: {type(error).__name__}: {error}", got=source, hint=hint) from None


def read_shapes(text: str) -> dict[str, tuple[int | str, ...]]:
    """Shapes as they are written on the command line.

    >>> read_shapes("x=m,d W=(d, k); b=k s=()")
    {'x': ('m', 'd'), 'W': ('d', 'k'), 'b': ('k',), 's': ()}
    """
    entries = read_entries(text, "NAME=SIZE,SIZE")
    return {
        name: tuple(_size(part) for part in value.strip("()").split(",") if part.strip())
        for name, value in entries.items()
    }


def read_ranges(text: str) -> dict[str, tuple[float | str, float | str]]:
    """Ranges as they are written on the command line; an end may be a dim.

    >>> read_ranges("x=-1:1 labels=0:c")
    {'x': (-1, 1), 'labels': (0, 'c')}
    """
    found = {}
    for name, value in read_entries(text, "NAME=LOW:HIGH").items():
        low, colon, high = value.partition(":")
        if not (low and colon and high):
            raise LayerError(f"the range of {name} can't be read", got=value, expected="LOW:HIGH")
        found[name] = (_number(low), _number(high))
    return found


def read_entries(text: str, expected: str) -> dict[str, str]:
    """NAME=VALUE entries, separated by blanks or semicolons."""
    found: dict[str, str] = {}
    at = 0
    while text[at:].strip():
        entry = _ENTRY.match(text, at)
        if entry is None:
            raise LayerError("this can't be read", got=text[at:].strip(), expected=expected)
        if entry["name"] in found:
            raise LayerError(f"{entry['name']} is given twice", got=text.strip())
        found[entry["name"]] = entry["value"]
        at = entry.end()
    return found


def _number(text: str) -> float | str:
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


def _size(text: str) -> int | str:
    plain = "".join(text.split())
    return int(plain) if plain.isdecimal() else plain


def _imported(name: str) -> ModuleType:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return _from_file(Path(name)) if name.endswith(".py") else importlib.import_module(name)
    except GradcheckError:
        raise
    except (Exception, SystemExit) as error:  # the module is somebody's own code: whatever it raises is its answer
        raise LayerError(f"{name} can't be imported: {type(error).__name__}: {error}", got=name) from None


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise LayerError("there is no such file", got=str(path))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _is_torch_function(found: type) -> bool:
    """Whether it is a torch.autograd.Function, which is used as a class; asked without importing torch."""
    return any(base.__name__ == "Function" and base.__module__ == "torch.autograd.function" for base in found.__mro__)


def _nearest(found: Any) -> str | None:
    own = getattr(found, "__name__", None)
    names = [name for name, value in vars(found).items() if getattr(value, "__module__", None) == own]
    return f"there are {', '.join(sorted(names)[:10])}" if names else None
