"""The commands and their options; what they do is imported when one of them runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from .. import __version__

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
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Judge hand-derived gradients: proved for every size, or refuted with a counterexample."""


@app.command()
def check(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Documents, or directories with documents (*.md) in them.")
    ],
    format: Annotated[Format, typer.Option(help="Text for people, or one JSON object.")] = Format.text,
    seed: Annotated[int, typer.Option(help="Same input and seed, same output.")] = 0,
    network: Annotated[
        str | None,
        typer.Option(
            metavar="FILE[#NAME]",
            help="Judge the formulas given in place of PATH against the first (or the named) network of this document.",
        ),
    ] = None,
    assume: Annotated[
        list[str] | None, typer.Option(metavar="FORMULA", help="With --network: an assumption; may be repeated.")
    ] = None,
    layout: Annotated[Layout | None, typer.Option(help="With --network: the layout of derivatives.")] = None,
    marks: Annotated[
        bool, typer.Option("--marks/--no-marks", help="Heed the documents' marks of known mistakes.")
    ] = True,
    strict: Annotated[bool, typer.Option("--strict", help="Count `agrees` (not proved) as failing.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the evidence of what is proved, too.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only what needs a look, and the summary.")] = False,
) -> int:
    """Judge every claim of derivation documents.

    Exit status: 0 all is well; 1 a claim is wrong, ill-formed, conditional or unread, and not marked as known;
    2 bad usage or an unreadable file; 3 something is undecided.
    """
    from .checking import Options, check_formulas, check_paths

    options = Options(format.value, seed, marks, strict, verbose, quiet)
    if network is not None:
        return check_formulas(network, paths, tuple(assume or ()), layout and layout.value, options)
    if assume or layout:
        raise typer.BadParameter("--assume and --layout go with --network; a document states them beside the equation")
    return check_paths(paths, options)


@app.command()
def derive(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT[#NETWORK]", help="A derivation document.")],
    wrt: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only the gradient with respect to this; may be repeated.")
    ] = None,
    steps: Annotated[bool, typer.Option("--steps", help="Show every step, with the name of its rule.")] = False,
    notation: Annotated[Notation, typer.Option("--as", help="How to print.")] = Notation.unicode,
) -> int:
    """Print the derived gradient of every parameter of a document's networks, or of the names given."""
    from .deriving import derive_document

    return derive_document(document, tuple(wrt or ()), steps=steps, notation=notation.value)
