"""The style sheet of a page, whole in itself: the font and the colours of the verdicts are in it."""

from __future__ import annotations

import base64
import functools
from importlib import resources

from ..words import LOOKS


@functools.cache
def style() -> str:
    """The style sheet with the font and the colours of the verdicts in it."""
    room = resources.files(__package__)
    font = resources.files("gradcheck.report").joinpath("font", "math.woff2").read_bytes()
    colours = "".join(f"  --{word}: {look.light};\n" for word, look in LOOKS.items())
    dark = "".join(f"    --{word}: {look.dark};\n" for word, look in LOOKS.items())
    # The empty text behind the slash is what a screen reader says for the sign: the word stands there anyway.
    signs = "".join(f'.badge.{word}::before {{ content: "{look.sign} "; content: "{look.sign} " / ""; }}\n'
                    for word, look in LOOKS.items())  # fmt: skip
    return (
        "@font-face { font-family: 'Gradcheck Math'; src: url(data:font/woff2;base64,"
        + base64.b64encode(font).decode("ascii")
        + ") format('woff2'); }\n"
        + f":root {{\n{colours}}}\n@media screen and (prefers-color-scheme: dark) {{\n  :root {{\n{dark}  }}\n}}\n"
        + room.joinpath("style.css").read_text(encoding="utf-8")
        + signs
    )
