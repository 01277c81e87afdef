"""The variables of a fast program: what operations read and write, and the lines that make those variables.

`made` runs once, `bound` whenever other arrays are handed in: a view of a buffer is made once, a view of what
is handed in must follow it.
"""

from __future__ import annotations

from collections.abc import Mapping

from .names import Names
from .plan import Plan, live
from .specialise import Ref, Shape, Specialised
from .storage import Storage
from .text import Writer
from .values import Value

NARROW = 48
"""Columns up to which NumPy's own repetition of a row is the slower one."""
SMALL = 4096
"""Entries up to which the cost of a call outweighs that of the arithmetic."""


class Layout:
    """One emission: where every value lies, and the variables for it.

    results: the variable of each gradient that is handed in to be written. imports: NumPy names used.
    """

    def __init__(self, plan: Plan, sizes: Mapping[str, int], dtype: str, in_place: frozenset[str]) -> None:
        self.plan = plan
        self.dtype = dtype
        self.signature = plan.signature
        self.writer = Writer(dtype, dict(sizes), self.signature.calls)
        outputs = [*([plan.loss] if plan.loss is not None else []), *plan.gradients.values()]
        self.spec = Specialised(self.writer, sizes, live(outputs))
        self.order = self.spec.order(outputs)
        self.storage = Storage(self.spec, self.order, in_place)
        self.names = Names(self.signature.identifiers.used)
        self.results = {name: self.names.new(f"g_{name}") for name in plan.gradients}
        self.imports: set[str] = set()
        self.made: list[str] = []
        self.bound: list[str] = []
        self._constants: dict[str, str] = {}
        self._views: dict[tuple[int, str], str] = {}

    def operand(self, value: Value) -> str:
        """The variable that holds a value for reading."""
        return self._constant(value) if value.static else self._viewed(self.spec.ref(value))

    def fitted(self, value: Value, shape: Shape, lines: list[str]) -> str:
        """The variable of an operand of an elementwise operation, where it pays in the shape of the result.

        NumPy is slow at repeating a short row or a column: a product with ones spreads it faster.
        """
        own = self.spec.shape(value)
        if value.static or own in (shape, ()):
            return self.operand(value)
        ref = self.spec.ref(value)
        missing = len(shape) - len(own)
        if missing:
            own = (1,) * missing + own
            ref = ref._replace(suffix=f"{ref.suffix}[{', '.join(['None'] * missing)}]")
        read = self._viewed(ref)
        repeated = len(shape) == 2 and own in ((1, shape[1]), (shape[0], 1)) and own != shape
        if not repeated or shape[1] > NARROW or shape[0] * shape[1] > SMALL:
            return read
        column = own[0] == shape[0]
        ones = self.define("ones", f"np.ones({(1, shape[1]) if column else (shape[0], 1)}, {self.dtype!r})")
        spread = self.scratch(shape, self.dtype, "spread" if not lines else "spread_2")
        lines.append(self.call("dot", *((read, ones) if column else (ones, read)), spread))
        return spread

    def _viewed(self, ref: Ref) -> str:
        base = self.signature.names[ref.base.data] if ref.base.op == "leaf" else self.storage.names[ref.base.number]
        if not ref.suffix:
            return base
        key = (ref.base.number, ref.suffix)
        if key not in self._views:
            name = self._views[key] = self.names.new(f"{base}_T" if ref.suffix == ".T" else f"{base}_view")
            handed_in = ref.base.op == "leaf" or ref.base.number in self.storage.fixed
            (self.bound if handed_in else self.made).append(f"{name} = {base}{ref.suffix}")
        return self._views[key]

    def _constant(self, value: Value) -> str:
        number = self.spec.constant(value)
        if number is not None:
            return self.number(float(number))
        return self.define("c", f"np.asarray({self.writer.text(value)})")

    def number(self, number: float) -> str:
        """A scalar as an array: NumPy converts a Python number anew on every call."""
        wish = {0.0: "zero", 1.0: "one"}.get(number, "c")
        return self.define(wish, f"np.array({number!r}, {self.dtype!r})")

    def filled(self, what: str, shape: Shape | int) -> str:
        """An array of `zeros` or `ones`."""
        return self.define(what, f"np.{what}({shape}, {self.dtype!r})")

    def scratch(self, shape: Shape, dtype: str, wish: str) -> str:
        """An array for use within one operation, one for each wish."""
        return self.define(wish, f"np.empty({shape}, {dtype!r})")

    def define(self, wish: str, text: str) -> str:
        """A variable made once for this expression and wish."""
        key = f"{wish} = {text}"
        name = self._constants.get(key)
        if name is None:
            name = self._constants[key] = self.names.new(wish)
            self.made.append(f"{name} = {text}")
        return name

    def target(self, value: Value) -> str:
        """The array that a value is written to."""
        name, old = self.storage.place(value, lambda: self.names.new(self.wish(value, "t")))
        if old is None:
            self.made.append(f"{name} = np.empty({self.spec.shape(value)}, {self.dtype!r})")
        elif old != name:
            self.made.append(f"{name} = {old}")
        return name

    def wish(self, value: Value, otherwise: str) -> str:
        """What a variable for this value should be called."""
        label = self.plan.labels.get(value.number)
        return label.wish if label else otherwise

    def place_results(self) -> list[tuple[str, Value]]:
        """Let each gradient be computed where it is wanted; those that cannot be are returned, to be copied there."""
        copies = []
        computed = {v.number for v in self.order}
        for name, value in self.plan.gradients.items():
            ref = self.spec.ref(value)
            base = ref.base
            if base.number not in computed or not ref.whole or not base.dims or base.number in self.storage.fixed:
                copies.append((name, value))
                self.storage.kept.add(base.number)
                continue
            place = self.results[name]
            if ref.shape != self.spec.shape(base):
                place = self.names.new(f"{place}_whole")
                self.bound.append(f"{place} = {self.results[name]}.reshape({self.spec.shape(base)})")
            self.storage.fixed[base.number] = place
        return copies

    def text(self, value: Value) -> str:
        """A value as a plain expression of variables."""
        for arg in value.args:
            if not (arg.static and not arg.dims):
                self.writer.known[arg.number] = self.operand(arg)
        return self.writer.text(value)

    def call(self, function: str, *arguments: str) -> str:
        """A call of a NumPy function, which the source then imports."""
        self.imports.add(function.split(".", maxsplit=1)[0])
        return f"{function}({', '.join(arguments)})"
