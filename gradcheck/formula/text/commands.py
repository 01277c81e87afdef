"""The words of the notation: which command, character or operator means what."""

from __future__ import annotations

import difflib

RELATIONS = {
    "=": "=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "!=": "!=", "+=": "+=", ":=": ":=",
    r"\leq": "<=", r"\le": "<=", r"\leqslant": "<=", r"\geq": ">=", r"\ge": ">=", r"\geqslant": ">=",
    r"\lt": "<", r"\gt": ">", r"\neq": "!=", r"\ne": "!=", r"\in": "in",
    r"\leftarrow": "<-", r"\gets": "<-", r"\coloneqq": ":=", r"\triangleq": ":=", r"\equiv": "=",
}  # fmt: skip
"""Relation signs, as written and as kept."""

PRODUCTS = {
    "*": "*", r"\ast": "*", r"\cdot": "cdot", r"\times": "times", "/": "/", r"\div": "/",
    r"\odot": "odot", r"\circ": "odot", ".*": "odot", r"\otimes": "otimes", "./": "oslash", r"\oslash": "oslash",
}  # fmt: skip
"""Explicit product and quotient signs, as written and as kept."""

CHARACTERS = {
    "’": "'", "′": "'", "‘": "'", "−": "-", "–": "-", "…": r"\dots", "⋯": r"\cdots", "≤": r"\leq", "≥": r"\geq",
    "≠": r"\neq", "∈": r"\in", "←": r"\leftarrow", "·": r"\cdot", "⋅": r"\cdot", "×": r"\times", "∗": "*",
    "⊙": r"\odot", "∘": r"\circ", "⊗": r"\otimes", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod",
    "Σ": r"\Sigma", "√": r"\sqrt", "∴": r"\therefore", "∀": r"\forall", "‖": r"\|", "⊤": r"\top", "ᵀ": r"^\top",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\epsilon", "ζ": r"\zeta", "η": r"\eta",
    "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu", "ξ": r"\xi", "π": r"\pi",
    "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "φ": r"\phi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega",
    "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega",
    "²": "^2", "³": "^3", "₀": "_0", "₁": "_1", "₂": "_2", "₃": "_3", "₄": "_4", "₅": "_5", "₆": "_6", "₇": "_7",
    "₈": "_8", "₉": "_9", "ℒ": r"\mathcal{L}", "⟨": r"\langle", "⟩": r"\rangle",
}  # fmt: skip
"""Single characters that stand for a command or a plain character."""

SPACES = frozenset(
    {
        r"\,", r"\;", r"\:", r"\!", r"\>", "\\ ", r"\displaystyle", r"\textstyle", r"\limits",
        r"\nolimits", r"\nonumber", r"\notag", r"\hspace", r"\enspace", r"\thinspace", "\\\n", r"\,\,", r"\allowbreak",
    }
)  # fmt: skip
"""Commands that only set space or style."""

GAPS = frozenset({r"\quad", r"\qquad"})
"""Wide spaces, which may stand between two formulas."""

ALIGNED = frozenset(
    {"aligned", "align", "split", "gathered", "gather", "equation", "multline", "eqnarray", "alignedat", "alignat"}
)
"""Environments around whole equations."""

SIZES = frozenset(
    "\\" + size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")
) | {r"\middle"}  # fmt: skip
"""Commands that only enlarge the delimiter after them."""

STYLES = frozenset(
    {
        r"\mathbf", r"\boldsymbol", r"\bm", r"\bf", r"\mathit", r"\mathrm", r"\mathsf", r"\mathtt", r"\mathnormal",
        r"\vec", r"\pmb", r"\rm", r"\symbf", r"\pmatrix",
    }
) - {r"\pmatrix"}  # fmt: skip
"""Styles that do not change which name is meant."""

ALPHABETS = frozenset({r"\mathcal", r"\mathbb", r"\mathfrak", r"\mathscr"})
"""Styles that make another letter of it."""

ACCENTS = {
    r"\hat": r"\hat", r"\widehat": r"\hat", r"\bar": r"\bar", r"\overline": r"\bar", r"\tilde": r"\tilde",
    r"\widetilde": r"\tilde", r"\dot": r"\dot", r"\ddot": r"\ddot", r"\check": r"\check",
}  # fmt: skip
"""Accents, which make another name of a letter."""

WORD_COMMANDS = frozenset(
    {r"\operatorname", r"\text", r"\textrm", r"\textit", r"\textbf", r"\mbox", r"\mathop", r"\mathrm"}
)
"""Commands whose argument is a word."""

FUNCTION_WORDS = {
    "exp": "exp", "log": "log", "ln": "log", "erf": "erf", "sin": "sin", "cos": "cos", "tanh": "tanh", "sinh": "sinh",
    "cosh": "cosh", "arctan": "arctan",
    "sigmoid": "sigmoid", "softplus": "softplus", "silu": "silu", "SiLU": "silu", "swish": "silu",
    "gelu": "gelu", "GELU": "gelu", "relu": "relu", "ReLU": "relu", "Relu": "relu", "RELU": "relu", "abs": "abs",
    "sign": "sign", "sgn": "sign", "step": "step", "elu": "elu", "ELU": "elu", "Phi": "Phi", "phi": "phi",
    "logistic": "sigmoid",
}  # fmt: skip
"""Words for the scalar functions that are built in, and the name of each in `algebra.functions`."""

OPERATOR_WORDS = {
    "max": "max", "min": "min", "argmax": "argmax", "argmin": "argmin", "rank": "rank", "tr": "tr", "Tr": "tr",
    "trace": "tr", "diag": "diag", "Diag": "diag", "vec": "vec", "softmax": "softmax", "det": "det", "sum": "sum",
    "mean": "mean", "rk": "rank", "Softmax": "softmax", "sqrt": "sqrt", "logsumexp": "logsumexp",
    "transpose": "transpose",
}  # fmt: skip
"""Words for operations on whole arrays, and one name for each."""

LETTER_COMMANDS = frozenset(
    {
        r"\alpha", r"\beta", r"\gamma", r"\delta", r"\epsilon", r"\varepsilon", r"\zeta", r"\eta", r"\theta",
        r"\vartheta", r"\iota", r"\kappa", r"\lambda", r"\mu", r"\nu", r"\xi", r"\pi", r"\rho", r"\varrho", r"\sigma",
        r"\varsigma", r"\tau", r"\upsilon", r"\phi", r"\varphi", r"\chi", r"\psi", r"\omega", r"\Gamma", r"\Delta",
        r"\Theta", r"\Lambda", r"\Xi", r"\Pi", r"\Sigma", r"\Upsilon", r"\Phi", r"\Psi", r"\Omega", r"\ell", r"\hbar",
    }
)  # fmt: skip
"""Commands that are letters."""

LOST_COMMANDS = (
    "frac", "partial", "sum", "prod", "cdot", "times", "sqrt", "odot", "otimes", "left", "right", "neq", "leq", "geq",
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "theta", "iota", "kappa", "lambda", "sigma",
    "rho", "tau", "phi", "chi", "psi", "omega", "eta", "nabla", "mathbf", "mathcal", "log", "exp", "tanh", "ldots",
    "dots", "cdots", "infty", "hat", "bar", "tilde", "langle", "rangle", "forall", "operatorname",
)  # fmt: skip
"""Commands that are recognised when their backslash was lost."""

STRUCTURE = frozenset(
    {"frac", "partial", "sum", "prod", "cdot", "times", "odot", "otimes", "nabla", "neq", "leq", "geq"}
)
"""Those of them that are never a product of letters when a brace, a script or another one follows."""

OUT_OF_SCOPE = {
    r"\int": "integrals", r"\iint": "integrals", r"\oint": "integrals", r"\lim": "limits", r"\limsup": "limits",
    r"\liminf": "limits", r"\Pr": "probabilities", r"\mathbb{P}": "probabilities", r"\pm": "two-valued signs",
    r"\mp": "two-valued signs", r"\approx": "approximations", r"\sim": "probabilities", r"\propto": "proportionalities",
    r"\simeq": "approximations", r"\ll": "orders of magnitude", r"\gg": "orders of magnitude",
    r"\binom": "binomial coefficients", r"\bigcup": "unions", r"\bigcap": "intersections",
}  # fmt: skip
"""What a formula may not contain, by the command that begins it."""

DOTS = frozenset({r"\dots", r"\ldots", r"\cdots", r"\vdots", r"\ddots", r"\dotsc", r"\dotsb", "..."})
"""Commands for left-out items."""

KNOWN = frozenset(
    {c for table in (RELATIONS, PRODUCTS, ACCENTS, OUT_OF_SCOPE) for c in table if c[0] == "\\"}
    | SPACES | GAPS | STYLES | ALPHABETS | WORD_COMMANDS | LETTER_COMMANDS | DOTS
    | {"\\" + word for words in (FUNCTION_WORDS, OPERATOR_WORDS, LOST_COMMANDS, ("top",)) for word in words}
)  # fmt: skip
"""Commands that mean something here, for the one that a misprint may have been."""

DELIMITERS = {
    "(": ")", "[": "]", r"\{": r"\}", r"\lbrace": r"\rbrace", r"\langle": r"\rangle", "|": "|", r"\|": r"\|",
    r"\lceil": r"\rceil", r"\lfloor": r"\rfloor", r"\lvert": r"\rvert", r"\lVert": r"\rVert", r"\lbrack": r"\rbrack",
}  # fmt: skip
"""Opening delimiters and what closes them."""

SAME_DELIMITER = {
    r"\lbrace": r"\{", r"\rbrace": r"\}", r"\lbrack": "[", r"\rbrack": "]", r"\lvert": "|", r"\rvert": "|",
    r"\lVert": r"\|", r"\rVert": r"\|", r"\vert": "|", r"\Vert": r"\|",
}  # fmt: skip
"""Other spellings of delimiters."""


def meant(command: str) -> str | None:
    r"""The known command that this one is a misprint of, if there is a near one.

    >>> meant(r"\partal"), meant(r"\foo")
    ('\\partial', None)
    """
    near = difflib.get_close_matches(command, sorted(KNOWN), n=1, cutoff=0.75)
    return near[0] if near and command not in KNOWN else None
