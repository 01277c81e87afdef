"""Array values as plain NumPy expressions, with the parentheses they need and no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ..algebra.dims import Dim
from ..errors import FormulaError
from .contract import Merged
from .values import Value

SUM, PRODUCT, UNARY, POWER, ATOM = range(5)
"""How tightly an expression binds."""

Text = tuple[str, int]
_INFIX = {"add": ("+", SUM), "subtract": ("-", SUM), "multiply": ("*", PRODUCT), "divide": ("/", PRODUCT)}
_RELATIONS = {"greater": ">", "greater_equal": ">=", "equal": "==", "not_equal": "!="}
HELPERS = {
    "sigmoid": """\
def sigmoid(t):
    small = np.exp(np.minimum(t, -t))  # exp(-|t|), which cannot overflow
    return np.where(t > 0, 1, small) / (1 + small)
""",
    "softplus": """\
def softplus(t):
    return np.maximum(t, 0) + np.log1p(np.exp(np.minimum(t, -t)))
""",
    "erf": """\
try:
    from scipy.special import erf
except ImportError:
    import math
    erf = np.vectorize(math.erf, otypes=[float])
""",
}


class Writer:
    """Writes values as expressions. `known` names values that are variables; `sizes` names or gives size symbols."""

    def __init__(self, dtype: str, sizes: Mapping[str, str | int], calls: Mapping[Any, str]) -> None:
        self.dtype = dtype
        self.sizes = sizes
        self.calls = calls
        self.known: dict[int, str] = {}

    def text(self, value: Value, level: int = SUM) -> str:
        """The expression, in parentheses if it binds less tightly than `level`."""
        name = self.known.get(value.number)
        if name is not None:
            return name
        text, binds = self.expression(value)
        return text if binds >= level else f"({text})"

    def expression(self, value: Value) -> Text:
        """The expression and how tightly it binds."""
        op = value.op
        if op in _INFIX:
            return self._infix(value)
        rule = _RULES.get(op)
        if rule is not None:
            return rule(self, value)
        if op in _RELATIONS or op == "positive":
            return f"np.asarray({self.condition(value)}, {self.dtype!r})", ATOM
        name = op if op in HELPERS else f"np.{op}"
        return f"{name}({', '.join([self.text(a) for a in value.args])})", ATOM

    def condition(self, value: Value) -> str:
        """A 0/1 value as a boolean expression."""
        if value.number in self.known:
            return f"{self.known[value.number]} != 0"
        if value.op == "positive":
            return f"{self.text(value.args[0], PRODUCT)} > 0"
        left, right = value.args
        return f"{self.text(left, PRODUCT)} {_RELATIONS[value.op]} {self.text(right, PRODUCT)}"

    def _infix(self, value: Value) -> Text:
        sign, level = _INFIX[value.op]
        left, right = value.args
        if value.op == "multiply":
            for gate, other in ((left, right), (right, left)):
                if gate.op == "positive" and gate.number not in self.known:
                    return f"{self.text(other, PRODUCT)} * ({self.condition(gate)})", PRODUCT
        left_text = self._factor(left) if level == PRODUCT else self.text(left, level)
        right_text = self.text(right, UNARY if level == PRODUCT else PRODUCT)
        return f"{left_text} {sign} {right_text}", level

    def _factor(self, value: Value) -> str:
        inner = value.op in ("dot", "matmul") and value.number not in self.known
        return f"({self.text(value)})" if inner else self.text(value, PRODUCT)

    def size(self, dim: Dim) -> str:
        """A dim as an integer expression, in parentheses if it is a sum."""
        if isinstance(dim, Merged):
            return " * ".join([self.size(d) for d in dim.factors])
        if all(isinstance(self.sizes.get(name), int) for name in dim.symbols()):
            return str(dim.value(self.sizes))  # type: ignore[arg-type]
        text = ""
        for name, c in dim.terms:
            sign = ("-" if c < 0 else "") if not text else (" - " if c < 0 else " + ")
            text += sign + (f"{abs(c)} * " if abs(c) != 1 else "") + str(self.sizes[name])
        if dim.constant:
            text += f" {'+' if dim.constant > 0 else '-'} {abs(dim.constant)}"
        return f"({text})" if " " in text else text

    def shape(self, dims: tuple[Dim, ...]) -> str:
        """Dims as the text of a tuple."""
        parts = [_bare(self.size(d)) for d in dims]
        return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def _bare(text: str) -> str:
    return text[1:-1] if text.startswith("(") and text.endswith(")") and text.count("(") == 1 else text


def _number(_: Writer, value: Value) -> Text:
    data = value.data
    if data == "pi":
        return "np.pi", ATOM
    return exact(data), ATOM if data >= 0 and data.denominator == 1 else UNARY if data.denominator == 1 else PRODUCT


def exact(number: Fraction) -> str:
    """A rational number as a Python expression: as a decimal where that is exact, else as a quotient."""
    try:
        nearest = float(number)
    except OverflowError:
        raise FormulaError(
            "a number is too large for floating point", got=f"about 10^{len(str(abs(number.numerator)))}"
        ) from None
    if number.denominator == 1 and abs(number) < 2**53:
        return str(number.numerator)
    if Fraction(nearest) == number or max(abs(number.numerator), number.denominator) >= 2**53:
        return repr(nearest)
    return f"{number.numerator} / {number.denominator}"


def _size(writer: Writer, value: Value) -> Text:
    return writer.size(value.data), ATOM


def _positions(writer: Writer, value: Value) -> Text:
    return f"np.arange({_bare(writer.size(value.data))})", ATOM


def _view(writer: Writer, value: Value) -> Text:
    (inner,), order = value.args, value.data
    text = writer.text(inner, ATOM)
    kept = [k for k in order if k is not None]
    if kept == [1, 0]:
        text += ".T"
    elif kept != sorted(kept):
        text += f".transpose({', '.join(map(str, kept))})"
    if None in order:
        text += f"[{', '.join('None' if k is None else ':' for k in order)}]"
    return text, ATOM


def _reshape(writer: Writer, value: Value) -> Text:
    return f"{writer.text(value.args[0], ATOM)}.reshape({writer.shape(value.dims)})", ATOM


def _spread(writer: Writer, value: Value) -> Text:
    return f"np.broadcast_to({writer.text(value.args[0])}, {writer.shape(value.dims)})", ATOM


def _slice(writer: Writer, value: Value) -> Text:
    parts = []
    for spec, dim in zip(value.data, value.args[0].dims, strict=True):
        if isinstance(spec, Dim):
            parts.append(_bare(writer.size(spec)))
            continue
        start, count, step = spec
        if (start, count, step) == (Dim(), dim, 1):
            parts.append(":")
            continue
        stop = writer.size(start + (count - 1) * step + 1)
        parts.append(f"{_bare(writer.size(start))}:{_bare(stop)}" + (f":{step}" if step != 1 else ""))
    return f"{writer.text(value.args[0], ATOM)}[{', '.join(parts)}]", ATOM


def _take(writer: Writer, value: Value) -> Text:
    array, *positions = value.args
    return f"{writer.text(array, ATOM)}[{', '.join([writer.text(p) for p in positions])}]", ATOM


def _matrix_product(writer: Writer, value: Value) -> Text:
    left, right = value.args
    return f"{writer._factor(left)} @ {writer.text(right, UNARY)}", PRODUCT


def _vdot(writer: Writer, value: Value) -> Text:
    left, right = value.args
    if writer.dtype.startswith("complex"):  # vdot conjugates, a derivative must not
        return f"np.sum({writer.text(left, PRODUCT)} * {writer.text(right, UNARY)})", ATOM
    return f"np.vdot({writer.text(left)}, {writer.text(right)})", ATOM


def _einsum(writer: Writer, value: Value) -> Text:
    return f"np.einsum({value.data!r}, {writer.text(value.args[0])}, {writer.text(value.args[1])})", ATOM


def _reduction(writer: Writer, value: Value) -> Text:
    (inner,), axes = value.args, value.data
    which = "" if len(axes) == len(inner.dims) else f"axis={axes[0] if len(axes) == 1 else axes}"
    return f"{writer.text(inner, ATOM)}.{value.op}({which})", ATOM


def _negative(writer: Writer, value: Value) -> Text:
    return f"-{writer.text(value.args[0], UNARY)}", UNARY


def _square(writer: Writer, value: Value) -> Text:
    return f"{writer.text(value.args[0], ATOM)} ** 2", POWER


def _power(writer: Writer, value: Value) -> Text:
    return f"np.power({writer.text(value.args[0])}, {writer.text(value.args[1])})", ATOM


def _absolute(writer: Writer, value: Value) -> Text:
    if writer.dtype.startswith("complex"):  # the modulus is not analytic
        return f"np.maximum({writer.text(value.args[0])}, -{writer.text(value.args[0], UNARY)})", ATOM
    return f"np.abs({writer.text(value.args[0])})", ATOM


def _real(writer: Writer, value: Value) -> Text:
    return f"np.asarray({writer.text(value.args[0])}, {writer.dtype!r})", ATOM


def _where(writer: Writer, value: Value) -> Text:
    side, above, below = value.args
    return f"np.where({writer.condition(side)}, {writer.text(above)}, {writer.text(below)})", ATOM


def _call(writer: Writer, value: Value) -> Text:
    return f"{writer.calls[value.data]}({writer.text(value.args[0])})", ATOM


_RULES: dict[str, Callable[[Writer, Value], Text]] = {
    "number": _number, "size": _size, "positions": _positions, "view": _view, "reshape": _reshape, "spread": _spread,
    "slice": _slice, "take": _take, "dot": _matrix_product, "matmul": _matrix_product, "vdot": _vdot,
    "einsum": _einsum, "sum": _reduction, "max": _reduction, "min": _reduction, "prod": _reduction,
    "negative": _negative, "square": _square, "power": _power, "absolute": _absolute, "real": _real,
    "where": _where, "call": _call,
}  # fmt: skip
