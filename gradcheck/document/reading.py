"""From a Markdown file to a `Document`: bounded, decoded, cut into pieces, each piece understood."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..declare import Network, read_network, read_symbols
from ..errors import DocumentError, Place, demand
from .attributes import Attributes, read_attributes
from .claims import begins_with_relation, is_derivative, left_side
from .markdown import Display, Fence, Heading, Source, pieces
from .values import Document, Equation, Unseen

MAX_BYTES, MAX_EQUATIONS = 2_000_000, 5_000


def read_document(path: str | Path) -> Document:
    """Read a derivation document.

    Raises `DocumentError` for a file that can't be read, is not UTF-8 or too large, and for a block,
    an equation or an attribute that makes no sense; `DeclarationError` for a bad network block. Both
    say where.
    """
    demand(path, (str, Path), "the path of a document", DocumentError, expected="the name of a file")
    path = Path(path)
    return parse_document(_text(path), str(path))


def parse_document(text: str, path: str = "document.md") -> Document:
    r"""Read a document from a text; `path` gives its name.

    >>> block = "```network\ninput x\nparameter w\nloss l = (w - x)^2\n```\n"
    >>> document = parse_document(block + "$$ \\frac{dl}{dw} = 2(w - x) $$ {#dw}", "square.md")
    >>> [(e.name, e.line, e.is_claim) for e in document.equations]
    [('dw', 6, True)]
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    source = Source(text, path)
    networks: list[Network] = []
    equations: list[Equation] = []
    unseen: list[Unseen] = []
    anchors: dict[str, int] = {}
    title = heading = ""
    for piece in pieces(text, path):
        if isinstance(piece, Heading):
            heading, title = piece.text, title or piece.text
        elif isinstance(piece, Unseen):
            unseen.append(piece)
        elif isinstance(piece, Fence):
            if piece.language in ("network", "symbols"):
                networks.append(_network(piece, heading or Path(path).stem, networks, source))
        else:
            above = equations[-1] if equations else None
            equations.append(_equation(piece, above, networks[-1] if networks else None, source))
            _check_attributes(equations[-1], piece, anchors, source)
            if len(equations) > MAX_EQUATIONS:
                raise DocumentError(
                    "this document has too many equations",
                    place=source.place(piece.line),
                    expected=f"at most {MAX_EQUATIONS:,}",
                    hint="split it into several documents",
                )
    return Document(path, Path(path).stem, tuple(networks), tuple(equations), title, text, tuple(unseen))


def _text(path: Path) -> str:
    """The text of a file, or an error that says why there is none."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError("this file can't be read", place=Place(str(path)), got=reason.lower()) from None
    if len(data) > MAX_BYTES:
        raise DocumentError(
            "this document is too large",
            place=Place(str(path)),
            expected=f"at most {MAX_BYTES:,} bytes",
            hint="split it into several documents",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            "this file is not UTF-8 text",
            place=Place(str(path), line),
            got=f"byte 0x{data[error.start]:02x} at offset {error.start}",
            hint="save it as UTF-8",
        ) from None


def _network(fence: Fence, heading: str, earlier: list[Network], source: Source) -> Network:
    """The network of a block, under the name behind its language or that of the heading above."""
    names = {network.name for network in earlier}
    name = fence.info or heading
    if name in names:
        if fence.info:
            raise DocumentError(
                "two blocks have the same name",
                place=source.place(fence.line - 1),
                got=name,
                hint="give each block its own name behind the word network, or none",
            )
        name = next(f"{heading} ({n})" for n in range(2, len(names) + 3) if f"{heading} ({n})" not in names)
    if fence.language == "symbols":
        return read_symbols(fence.text, name=name, file=source.file, first_line=fence.line)
    return read_network(fence.text, name=name, file=source.file, first_line=fence.line)


def _equation(display: Display, above: Equation | None, network: Network | None, source: Source) -> Equation:
    found = _attributes(display, source)
    plain = Equation(display.latex, display.line, display.column, found.anchor, found.values, network)
    if not begins_with_relation(display.latex):
        return replace(plain, is_claim=found.anchor is not None or is_derivative(display.latex, network))
    if above is None or above.network is not network:
        return replace(plain, is_claim=found.anchor is not None)
    left = left_side(above.statement)
    return replace(plain, is_claim=found.anchor is not None or is_derivative(left, network), left=left)


def _attributes(display: Display, source: Source) -> Attributes:
    if display.attributes is None:
        return Attributes(None, {})
    try:
        return read_attributes(display.attributes)
    except DocumentError as error:
        raise DocumentError(
            error.what,
            place=source.place(display.attributes_line),
            got=error.got,
            expected=error.expected,
            hint=error.hint,
        ) from None


def _check_attributes(equation: Equation, display: Display, anchors: dict[str, int], source: Source) -> None:
    """Note the anchor. Refuse one that is taken, and attributes of an equation that is not judged."""
    line = display.attributes_line or equation.line
    if equation.attributes and not equation.is_claim:
        raise DocumentError(
            "this equation is context, its attributes have no effect",
            place=source.place(line),
            hint="give it an anchor to make it a claim, or drop the attributes",
        )
    if equation.anchor is None:
        return
    if equation.anchor in anchors:
        raise DocumentError(
            "two equations have the same anchor",
            place=source.place(line),
            got=f"#{equation.anchor}, taken in line {anchors[equation.anchor]}",
            expected="an anchor of its own for each claim",
        )
    anchors[equation.anchor] = equation.line
