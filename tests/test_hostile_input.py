"""Documents from strangers: whatever they hold, the answer is a message and a status, soon, and never a traceback."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

BLOCK = "```network\ninput x\nparameter w\nloss l = w x\n```\n\n"


def claim(formula: str) -> bytes:
    return (BLOCK + r"$$ \frac{\partial l}{\partial w} = " + formula + " $$ {#a}\n").encode()


GARBAGE = random.Random(1).randbytes(2_000_000)
HOSTILE = {
    "deep brackets": claim("(" * 50_000 + "x" + ")" * 50_000),
    "deep braces": claim("{" * 5_000 + "x" + "}" * 5_000),
    "deep fractions": claim(r"\frac{1}{" * 3_000 + "x" + "}" * 3_000),
    "deep superscripts": claim("x" + "^{x" * 3_000 + "}" * 3_000),
    "a tower of powers": claim("9^{9^{9^{9^{9}}}}"),
    "a huge exponent": claim("x^{99999999999}"),
    "a huge exponent of a sum": claim("(x + w)^{100000}"),
    "a huge number": claim("9" * 15_000),
    "a huge decimal exponent": claim("1e999999999 x"),
    "a huge sum": claim(r"\sum_{i=1}^{10000000000} i x"),
    "many terms": claim(" + ".join(["x"] * 4_000)),
    "many minus signs": claim("-" * 15_000 + "x"),
    "a formula that is too long": claim("x " * 200_000),
    "python in the formula": claim("__import__('os').system('touch pwned')"),
    "python in braces": claim(r"\operatorname{__import__('os').system('touch pwned')}(x)"),
    "a macro that grows": claim(r"\newcommand{\a}{xx}\newcommand{\b}{\a\a\a\a}\newcommand{\c}{\b\b\b\b} \c\c\c\c"),
    "a macro that calls itself": claim(r"\newcommand{\a}{\a\a} \a"),
    "an unclosed formula": (BLOCK + "$$ x = y\n").encode(),
    "an unclosed block": b"```network\ninput x\n",
    "an unclosed attribute": (BLOCK + "$$ x = x $$ {#a\n").encode(),
    "two megabytes of garbage": GARBAGE,
    "two megabytes of text": bytes(32 + b % 95 for b in GARBAGE),
    "two megabytes of dollars": b"$" * 2_000_000,
    "two megabytes of backticks": b"`" * 2_000_000,
    "two megabytes of brackets in a formula": claim("(" * 2_000_000),
    "two megabytes of declarations": b"```network\n" + b"input x\n" * 250_000 + b"```\n",
    "a long line of declarations": b"```network\ninput " + b"x_1, " * 100_000 + b"z\n```\n",
    "nothing but newlines": b"\n" * 2_000_000,
    "null bytes": BLOCK.encode() + b"\0" * 1000,
    "a byte order mark": b"\xef\xbb\xbf" + claim("x"),
    "escape sequences": claim("\x1b[2J\x1b]0;owned\x07 x"),
    "an empty file": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_answered(name: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_bytes(HOSTILE[name])
    done = subprocess.run(
        [sys.executable, "-m", "gradcheck", "check", "page.md"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=60,
    )
    said = (done.stdout + done.stderr).decode("utf-8")
    assert done.returncode in (0, 1, 2, 3), said
    assert "Traceback" not in said
    assert "defect of gradcheck" not in said
    assert "\x1b" not in said
    assert said.strip()
    assert len(said) < 100_000
    assert not (tmp_path / "pwned").exists()
