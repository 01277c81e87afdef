"""The pytest plugin: a fixture, a marker and a seed. It imports nothing of the checks before a test uses it.

    def test_dense(assert_layer):
        assert_layer(Dense(), {"x": ("m", "d"), "W": ("d", "k"), "b": ("k",)})

    @pytest.mark.gradcheck(dtypes="float32", dims={"m": (0, None)})
    def test_dense_in_float32(assert_layer):
        assert_layer(Dense(), {"x": ("m", "d"), "W": ("d", "k"), "b": ("k",)})

The marker holds options for every check of the test; `--gradcheck-seed` changes the seed of a whole run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

_MARKER = "gradcheck(**options): options of check_layer for every assert_layer of the test, such as dtypes or dims"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --gradcheck-seed."""
    group = parser.getgroup("gradcheck", "gradcheck: property tests of custom layers")
    group.addoption("--gradcheck-seed", type=int, default=None, metavar="N", help="seed of assert_layer (default 0)")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def assert_layer(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`gradcheck.assert_layer` with the options of the marker and the seed of the run.

    What was checked goes into the JUnit report, one property per layer (where its family has room for properties).
    """

    def checked(layer: Any, shapes: Any = None, *, unsure: bool = False, **options: Any) -> None:
        __tracebackhide__ = True  # the message says it all: pytest need not show this function

        from .check import check_layer
        from .verdict import LayerCheckError

        seed = request.config.getoption("--gradcheck-seed")
        marked: dict[str, Any] = {} if seed is None else {"seed": seed}
        for marker in reversed(list(request.node.iter_markers("gradcheck"))):
            marked.update(marker.kwargs)
        verdict = check_layer(layer, shapes, **{**marked, **options})
        said = f"{verdict.name}: {verdict.status}, {verdict.points} points, seed {verdict.seed}"
        request.node.user_properties.append(("gradcheck", said))
        if verdict.status == "fail" or (verdict.status == "unsure" and not unsure):
            raise LayerCheckError(verdict)

    return checked
