"""The commands that LaTeX and the MathML printer are both known to set right."""

from __future__ import annotations

from ..formula.text import commands as c

LINES = frozenset({"aligned", "align", "align*", "split", "gathered", "gather", "gather*", "equation", "equation*"})
TABLES = frozenset({"cases", "matrix", "pmatrix", "bmatrix", "vmatrix", "Vmatrix"})
ONE, TWO = ("sqrt", "substack"), ("frac", "dfrac", "tfrac")
STYLES = (
    "mathbf",
    "boldsymbol",
    "mathit",
    "mathrm",
    "mathsf",
    "mathtt",
    "mathnormal",
    "mathcal",
    "mathbb",
    "mathfrak",
)
ACCENTS = (
    "hat",
    "widehat",
    "bar",
    "overline",
    "tilde",
    "widetilde",
    "dot",
    "ddot",
    "check",
    "vec",
    "underline",
    "underbrace",
    "overbrace",
)
WORDS = ("operatorname", "operatorname*", "text", "textrm", "textit", "textbf", "mbox", "mathop")
OPERATORS = frozenset({
    "max", "min", "exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "sign", "rank", "diag", "tr",
    "arctan", "sigmoid", "softmax", "softplus", "relu", "ReLU", "SiLU", "GELU", "ELU", "argmax",
})  # fmt: skip
"""Functions that people type without a backslash; in front of a bracket they are set upright."""
SYNONYMS = {
    r"\bm": r"\boldsymbol", r"\pmb": r"\boldsymbol", r"\symbf": r"\boldsymbol", r"\mathscr": r"\mathcal",
    r"\mbox": r"\text", r"\mathop": r"\operatorname", r"\operatorname*": r"\operatorname",
    r"\coloneqq": r"\mathrel{:=}",
    r"\lt": "<", r"\gt": ">", r"\gets": r"\leftarrow", r"\leqslant": r"\leq", r"\geqslant": r"\geq", r"\lbrack": "[",
    r"\rbrack": "]", r"\lbrace": r"\{", r"\rbrace": r"\}", r"\middle": "", r"\nonumber": "", r"\notag": "",
    r"\limits": "", r"\nolimits": "", r"\displaystyle": "", r"\textstyle": "", r"\allowbreak": "", r"\!": "",
    r"\thinspace": r"\,", r"\enspace": r"\ ", r"\>": r"\:", r"\dotsc": r"\ldots", r"\dotsb": r"\cdots",
    r"\lvert": "|", r"\rvert": "|", r"\lVert": r"\|", r"\rVert": r"\|", r"\vert": "|", r"\Vert": r"\|",
    r"\triangleq": r"\mathrel{:=}",
}  # fmt: skip
"""Other spellings of what both printers know; spacing that means nothing goes."""
PLAIN = frozenset(
    [
        *c.LETTER_COMMANDS, *(k for k in (*c.RELATIONS, *c.PRODUCTS) if k.startswith("\\")), *c.DOTS, *c.DELIMITERS,
        *c.DELIMITERS.values(),
        *(rf"\{name}" for name in (
            "partial", "nabla", "sum", "prod", "max", "min", "log", "ln", "exp", "sin", "cos", "tan", "tanh", "sinh",
            "cosh", "arctan", "det",
            "arg", "forall", "exists", "therefore", "because", "infty", "prime", "top", "to", "mapsto",
            "Rightarrow", "Longrightarrow", "implies", "iff", "rightarrow", "mid", "approx", "propto", "notin", "pm",
            "ll", "gg", "sim", "subset", "cup", "cap", "quad", "qquad", "lfloor", "rfloor", "lceil", "rceil", "bigcup",
            "emptyset", "perp", "parallel", "wedge", "vee", "neg", "lim", "int", "mp",
        )),
        r"\,", r"\;", r"\:", r"\ ", r"\%", r"\&", r"\#", r"\_", r"\$", r"\{", r"\}",
    ]
)  # fmt: skip
CHARACTERS_SHOWN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-*/=<>()[]|,.;:!'?")
