"""The command `new`: a starter document that checks green."""

from __future__ import annotations

from pathlib import Path

from ..document.starter import STARTER
from ..errors import DocumentError, Place
from .streams import write


def write_starter(path: str) -> int:
    """Write the starter document; a file that exists is never overwritten."""
    file = Path(path)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(STARTER)
    except FileExistsError:
        raise DocumentError("this file exists already", place=Place(path), hint="name another one") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise DocumentError("this file can't be written", place=Place(path), got=reason) from None
    write(f"wrote {path}; now run: gradcheck check {path}")
    return 0
