"""Make gradcheck/report/font/math.woff2, once: the part of the STIX math font that formulas need, under a new name.

    apt-get download fonts-stix && dpkg -x fonts-stix_*.deb stix
    pip install fonttools brotli
    python tools/subset_math_font.py stix/usr/share/fonts/opentype/stix-word/STIXMath-Regular.otf

The licence (SIL OFL 1.1, gradcheck/report/font/OFL.txt) reserves the name STIX for the original, hence the new one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "gradcheck" / "report" / "font" / "math.woff2"
NAME = "Gradcheck Math"
RANGES = [
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x00FF),  # Latin-1
    (0x0302, 0x0303),  # combining hat, tilde
    (0x0391, 0x03F6),  # Greek
    (0x2010, 0x2044),  # dashes, dots, primes
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x1D40, 0x1D6A),  # further ones, as far as there are any
    (0x2102, 0x2144),  # letter-like: R, N, script L, aleph
    (0x2190, 0x2194),
    (0x21A6, 0x21A6),
    (0x21D0, 0x21D4),  # arrows
    (0x22EE, 0x22F1),
    (0x2308, 0x230B),
    (0x23DE, 0x23DF),  # braces above and below
    (0x25CF, 0x25D0),
    (0x2713, 0x2713),  # check mark
    (0x27E8, 0x27E9),
    (0x2A2F, 0x2A2F),
    (0x2A7D, 0x2A7E),
    (0x1D400, 0x1D467),  # bold, italic
    (0x1D468, 0x1D49B),  # bold italic
    (0x1D49C, 0x1D4B5),  # script capitals
    (0x1D504, 0x1D51C),  # Fraktur capitals
    (0x1D538, 0x1D550),  # double-struck capitals
    (0x1D6A8, 0x1D71B),  # Greek: bold, italic
    (0x1D71C, 0x1D755),  # Greek: bold italic
    (0x1D7CE, 0x1D7E1),  # digits: bold, double-struck
]

OPERATORS = "∀∂∃∅∇∈∉∋∌∏∐∑−∓∕∖∗∘√∝∞∠∥∧∨∩∪∫∴∵∼≅≈≔≕≠≡≤≥≪≫⊂⊃⊆⊇⊕⊖⊗⊘⊙⊢⊣⊤⊥⋀⋁⋂⋃⋅⋆"


def main(source: str) -> None:
    """Write the subset."""
    font = TTFont(source)
    options = subset.Options(flavor="woff2", hinting=False, desubroutinize=False, name_IDs=["*"], notdef_outline=True)
    options.layout_features = ["ssty", "dtls", "flac", "kern"]
    cutter = subset.Subsetter(options)
    codes = [code for low, high in RANGES for code in range(low, high + 1)]
    cutter.populate(unicodes=[*codes, *map(ord, OPERATORS)])
    for unwanted in ("FFTM",):
        if unwanted in font:
            del font[unwanted]
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 16):
            record.string = NAME
        elif record.nameID == 6:
            record.string = NAME.replace(" ", "")
    cff = font["CFF "].cff
    cff.fontNames[0] = NAME.replace(" ", "")
    cff.topDictIndex[0].FullName = cff.topDictIndex[0].FamilyName = NAME
    grow_bars(font)
    font["head"].modified = font["head"].created
    font.flavor = "woff2"
    font.recalcTimestamp = False
    font.save(TARGET)
    TARGET.with_name("characters.txt").write_text(coverage(font.getBestCmap()), encoding="ascii")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes, {len(font.getBestCmap())} characters")


def grow_bars(font: TTFont) -> None:
    """Let bars be put together from their own pieces.

    The font says that a bar overlaps its neighbour on one side only, and by less than the smallest overlap. Browsers
    then leave it as it is. A bar is the same all along, so any part of it may overlap.
    """
    variants = font["MATH"].table.MathVariants
    made = dict(zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True))
    for name in ("bar", "uni2016"):
        for part in made[name].GlyphAssembly.PartRecords:
            part.StartConnectorLength = part.EndConnectorLength = max(
                part.StartConnectorLength, part.EndConnectorLength
            )


def coverage(codes: Iterable[int]) -> str:
    """The characters of the font as ranges, one a line."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{low:04X}-{high:04X}\n" for low, high in ranges)


if __name__ == "__main__":
    main(sys.argv[1])
