"""What is shipped, and what loading it costs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import gradcheck

ROOT = Path(__file__).parents[1]
HEAVY = {"sympy", "numpy", "scipy", "flint", "torch", "jax", "hypothesis", "rich.console"}


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, check=False, encoding="utf-8"
    )


@pytest.mark.parametrize(
    "what",
    [
        "import gradcheck",
        "import gradcheck.cli.app",
        "import gradcheck; gradcheck.GradcheckError",
        "import gradcheck.cli.run",
    ],
)
def test_nothing_heavy_is_imported_before_a_command_runs(what: str) -> None:
    done = python("-c", f"import sys; {what}; print(*sys.modules)")
    assert done.returncode == 0, done.stderr
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.parametrize(
    "flag", ["--help", "--version", "check --help", "derive --help", "layer --help", "report --help"]
)
def test_help_and_version_import_nothing_heavy(flag: str) -> None:
    done = python("-X", "importtime", "-m", "gradcheck", *flag.split())
    assert done.returncode == 0
    imported = {row.rpartition("|")[2].strip() for row in done.stderr.splitlines()}
    assert "gradcheck.cli.app" in imported
    assert not HEAVY & imported


NAMED_OTHERWISE = {"flint": "python-flint"}
"""Modules whose distribution has another name."""
ON_REQUEST = {"torch", "jax", "pytest"}
"""What only those use who have it anyway: frameworks of layers, and the plugin's host."""


def test_everything_that_the_package_imports_is_a_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {re.split("[^A-Za-z0-9-]", needed)[0] for needed in project["dependencies"]}
    modules = {
        (node.names[0].name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for path in (ROOT / "gradcheck").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and not node.level)
    }
    others = modules - set(sys.stdlib_module_names) - ON_REQUEST - {"gradcheck"}
    assert {NAMED_OTHERWISE.get(module, module) for module in others} <= required


def test_every_public_name_is_there_and_explains_itself() -> None:
    assert sorted(gradcheck.__all__) == list(gradcheck.__all__)
    for name in set(gradcheck.__all__) - {"__version__"}:
        assert (getattr(gradcheck, name).__doc__ or "").strip(), name
    assert set(dir(gradcheck)) == set(gradcheck.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'grad'"):
        gradcheck.grad  # noqa: B018


def test_the_wheel_builds_and_says_that_it_is_typed(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; it is in the extra dev")
    done = python("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("gradcheck-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "gradcheck/py.typed" in names
    assert {f"gradcheck/report/{name}" for name in ("font/math.woff2", "font/OFL.txt", "web/style.css")} <= set(names)
    assert {"LICENSE"} <= {Path(name).name for name in names}
    assert all(name.startswith("gradcheck") for name in names)
    entry = next(name for name in names if name.endswith("entry_points.txt"))
    assert "gradcheck = gradcheck.cli:main" in zipfile.ZipFile(wheel).read(entry).decode()
