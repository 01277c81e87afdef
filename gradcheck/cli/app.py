"""The commands and their options; what they do is imported when one of them runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from typer import Argument, Option

from .. import __version__
from .importing import importing

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """What `check` prints."""

    text = "text"
    json = "json"
    sarif = "sarif"
    junit = "junit"
    github = "github"


class Notation(StrEnum):
    """What `derive` prints formulas as."""

    latex = "latex"
    unicode = "unicode"
    python = "python"


class Layout(StrEnum):
    """How the derivative of a vector is laid out."""

    denominator = "denominator"
    numerator = "numerator"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gradcheck {__version__}")
        raise typer.Exit


@app.callback()
def gradcheck(
    version: Annotated[bool, Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Judge hand-derived gradients: proved for every size, or refuted with a counterexample."""


@app.command()
def check(
    paths: Annotated[
        list[str] | None,
        Argument(metavar="PATH...", help="Documents, or directories: all *.md inside.", show_default=False),
    ] = None,
    format: Annotated[Format | None, Option(help="Text for people (default), or what machines read.")] = None,
    seed: Annotated[int | None, Option(help="Same input and seed, same output (default 0).")] = None,
    jobs: Annotated[
        int | None, Option("--jobs", "-j", min=1, help="Judge so many claims at a time (default: as many as pay).")
    ] = None,
    network: Annotated[
        str | None,
        Option(
            metavar="FILE[#NAME]", help="Judge formulas, given as PATH, against a document's first or named network."
        ),
    ] = None,
    assume: Annotated[list[str] | None, Option(metavar="FORMULA", help="With --network: an assumption.")] = None,
    layout: Annotated[Layout | None, Option(help="With --network: the layout of derivatives.")] = None,
    marks: Annotated[bool | None, Option("--marks/--no-marks", help="Heed marks of known mistakes (default).")] = None,
    strict: Annotated[
        bool | None, Option("--strict/--no-strict", help="Count `agrees`, and nothing judged, as failing.")
    ] = None,
    verbose: Annotated[bool, Option("--verbose", "-v", help="Show the evidence of what is proved, too.")] = False,
    quiet: Annotated[bool, Option("--quiet", "-q", help="Show only what needs a look, and the summary.")] = False,
) -> int:
    """Judge every claim of derivation documents.

    Exit status: 0 all is well; 1 a claim is wrong, ill-formed, conditional or unread, and not marked as known;
    2 bad usage or an unusable file; 3 something is undecided.

    Defaults may stand in [tool.gradcheck] of pyproject.toml: paths, format, seed, jobs, strict, marks.
    """
    with importing():
        from .checking import check_formulas, check_paths
        from .settings import read_settings

    settings = read_settings().overridden(
        paths=tuple(paths) if paths else None, format=format, seed=seed, jobs=jobs, strict=strict, marks=marks
    )
    if not settings.paths:
        raise typer.BadParameter("name a document, a directory, or a formula after --network", param_hint="PATH")
    if network is not None:
        return check_formulas(network, tuple(assume or ()), layout, settings)
    if assume or layout:
        raise typer.BadParameter("--assume and --layout go with --network; a document says them beside the equation")
    return check_paths(settings, verbose=verbose, quiet=quiet)


@app.command()
def derive(
    document: Annotated[str, Argument(metavar="DOCUMENT[#NETWORK]", help="A derivation document.", show_default=False)],
    wrt: Annotated[list[str] | None, Option(metavar="NAME", help="Only with respect to this; may be repeated.")] = None,
    steps: Annotated[bool, Option("--steps", help="Show every step, with the name of its rule.")] = False,
    notation: Annotated[Notation, Option("--as", help="How to print.")] = Notation.unicode,
) -> int:
    """Print the gradients of a document's networks.

    Of every parameter, or with respect to the names given; in index form, and in matrix form where there is one.
    """
    with importing():
        from .deriving import derive_document

    return derive_document(document, tuple(wrt or ()), steps=steps, notation=notation.value)


@app.command()
def layer(
    source: Annotated[str, Argument(metavar="MODULE:NAME", help="Or FILE.py:NAME.", show_default=False)],
    shapes: Annotated[list[str] | None, Option(metavar="NAME=SIZES", help='Such as "x=m,d W=d,k b=k".')] = None,
    dtypes: Annotated[list[str] | None, Option(metavar="NAME=DTYPE", help='Such as "labels=int64".')] = None,
    ranges: Annotated[list[str] | None, Option(metavar="NAME=LOW:HIGH", help='Such as "labels=0:c".')] = None,
    fixed: Annotated[list[str] | None, Option(metavar="NAME", help="An input that has no gradient.")] = None,
    backward: Annotated[str | None, Option(metavar="NAME", help="The backward of a forward function.")] = None,
    vjp: Annotated[str | None, Option(metavar="NAME", help="A function called as vjp(dy, **inputs).")] = None,
    gradient: Annotated[str | None, Option(metavar="NAME", help="The gradient of a scalar function.")] = None,
    framework: Annotated[str | None, Option(metavar="torch|jax", help="For a function of tensors.")] = None,
    second_order: Annotated[bool, Option("--second-order", help="Check the derivative of the gradient, too.")] = False,
    seed: Annotated[int, Option(help="Same layer and seed, same verdict.")] = 0,
    points: Annotated[int | None, Option(min=0, help="How many random points to add.")] = None,
    jobs: Annotated[int, Option("--jobs", "-j", min=1, help="Check in so many processes.")] = 1,
) -> int:
    """Test a layer's hand-written backward pass.

    The shapes and values are generated; what fails is shrunk to the smallest case.
    Exit status: 0 pass; 1 fail; 2 bad usage, or a layer that can't be checked as given; 3 unsure.
    """
    with importing():
        from .layering import Asked, check_named_layer

    functions = {"backward": backward, "vjp": vjp, "gradient": gradient}
    given = {keyword: name for keyword, name in functions.items() if name}
    inputs = (tuple(shapes or ()), tuple(dtypes or ()), tuple(ranges or ()), tuple(fixed or ()))
    return check_named_layer(Asked(source, *inputs, given, framework, second_order, seed, points, jobs))


@app.command()
def report(
    paths: Annotated[
        list[str] | None,
        Argument(metavar="PATH...", help="Documents, or directories: all *.md inside.", show_default=False),
    ] = None,
    output: Annotated[str, Option("--output", "-o", metavar="DIR", help="Where the reports go.")] = "reports",
    to: Annotated[
        str, Option(metavar="FORMATS", help="Some of tex,pdf,html,json (default tex,pdf,html).", show_default=False)
    ] = "",
    fragment: Annotated[bool, Option("--fragment", help="LaTeX without a preamble, to be \\input elsewhere.")] = False,
    seed: Annotated[int | None, Option(help="Same input and seed, same report (default 0).")] = None,
    jobs: Annotated[
        int | None, Option("--jobs", "-j", min=1, help="Judge so many claims at a time (default: as many as pay).")
    ] = None,
    marks: Annotated[bool | None, Option("--marks/--no-marks", help="Heed marks of known mistakes (default).")] = None,
) -> int:
    """Write derivation reports, and an index of them.

    A report has every step of every gradient, and every claim with its verdict.

    Exit status: 0 when the reports are written, whatever they say; 2 bad usage or an unusable file.
    """
    with importing():
        from .reporting import report_paths
        from .settings import read_settings

    settings = read_settings().overridden(paths=tuple(paths) if paths else None, seed=seed, jobs=jobs, marks=marks)
    if not settings.paths:
        raise typer.BadParameter("name a document or a directory", param_hint="PATH")
    return report_paths(settings, output, to, fragment=fragment)


@app.command()
def new(path: Annotated[str, Argument(metavar="[PATH]", help="The file to write.")] = "derivation.md") -> int:
    """Write a starter document that checks green."""
    from .starting import write_starter

    return write_starter(path)
