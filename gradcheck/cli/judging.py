"""Documents judged for a command: their claims one by one, in as many processes as pay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from ..document import (
    Claim,
    Document,
    DocumentReport,
    Finding,
    Unread,
    judge_claim,
    named_claims,
    read_document,
    report_of,
)
from ..errors import GradcheckError
from .parallel import in_processes, processes
from .progress import Report
from .settings import Settings

Outcome = tuple[Document, DocumentReport] | GradcheckError
"""What became of a path: the document with its report, or why there is none."""


def judged(paths: Sequence[str], settings: Settings, shown: Report) -> Iterator[Outcome]:
    """What became of each path, in order, each as soon as its last claim is judged.

    A claim is judged alone, so it makes no difference in how many processes that happens.
    """
    read = [_read(path) for path in paths]
    claims = [claim for one in read if isinstance(one, Document) for claim in named_claims(one)]
    length = sum(len(one.text) for one in read if isinstance(one, Document))
    count = processes(length, len(claims), settings.jobs)
    judge = partial(_judged, seed=settings.seed)
    found = in_processes(judge, claims, count) if count > 1 else map(judge, claims)
    done = 0
    for one in read:
        if isinstance(one, GradcheckError):
            yield one
            continue
        said: list[Finding | Unread] = []
        for _ in one.claims:
            shown(one.path, done, len(claims))
            said.append(next(found))
            done += 1
        yield one, report_of(one, said)


def _read(path: str) -> Document | GradcheckError:
    try:
        return read_document(path)
    except GradcheckError as error:
        return error


def _judged(claim: Claim, seed: int) -> Finding | Unread:
    return judge_claim(claim, seed)
