"""Writing files whole or not at all: an interrupted run leaves what was there before."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from ..errors import DocumentError, Place


def prepare(folder: Path) -> None:
    """Make a directory if it is missing; raises DocumentError where it can't be made or written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".gradcheck-", dir=folder)
    except OSError as error:
        raise _refused(folder, error) from None
    os.close(handle)
    Path(name).unlink()


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file beside its place and move it there in one step; raises DocumentError where that fails."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _refused(path: Path, error: OSError) -> DocumentError:
    reason = (error.strerror or type(error).__name__).lower()
    return DocumentError("this can't be written", place=Place(str(path)), got=reason, hint="choose another -o DIR")
