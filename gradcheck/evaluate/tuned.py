"""The fast program: the same values at given sizes, every array preallocated, one NumPy call per operation.

The source has three stages. `make()` allocates the buffers, `bind(inputs..., results...)` makes the views of
what is handed in, `run()` computes: it writes the gradients into the results and returns the loss. What pays
here (measured): `dot` with its result handed in, constants as arrays, a sum over rows as a product with ones,
a ReLU's mask by `sign` while small and as booleans when large, an outer product by `multiply` while it fits
the cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .arrays import Value
from .names import Names, comment
from .plain import Signature
from .plan import Plan, live
from .specialise import Ref, Specialised
from .storage import Storage
from .text import HELPERS, Writer

_UNARY = frozenset({
    "tanh", "exp", "log", "sin", "cos", "sqrt", "square", "negative", "absolute", "sign", "log1p", "expm1", "sinh",
    "cosh", "tan", "arctan", "arcsin", "arccos",
})  # fmt: skip
_BINARY = frozenset({"add", "subtract", "multiply", "divide", "power", "maximum", "minimum"})
_REDUCTIONS = {"sum": "add", "max": "maximum", "min": "minimum", "prod": "multiply"}
_IN_PLACE = _UNARY | _BINARY
SMALL = 4096
"""Entries up to which a mask is cheaper as floats than as booleans."""
NARROW = 48
"""Columns up to which NumPy's own repetition of a row is the slower one."""


def tuned_source(plan: Plan, sizes: Mapping[str, int], dtype: str) -> str:
    """The source of a module with `make`, and `gradients(...)` for a single call."""
    return _Emission(plan, sizes, dtype).source()


class _Emission:
    """One emission: the lines of each stage, and where every value lies."""

    def __init__(self, plan: Plan, sizes: Mapping[str, int], dtype: str) -> None:
        self.plan = plan
        self.dtype = dtype
        self.signature = Signature(plan)
        self.writer = Writer(dtype, dict(sizes), self.signature.calls)
        outputs = [*([plan.loss] if plan.loss is not None else []), *plan.gradients.values()]
        self.spec = Specialised(self.writer, sizes, live(outputs))
        self.names = Names(self.signature.identifiers.used | {"results"})
        self.used: set[str] = set()
        self.made: list[str] = []
        self.bound: list[str] = []
        self.lines: list[str] = []
        self.constants: dict[str, str] = {}
        self.views: dict[tuple[int, str], str] = {}
        self.order = self.spec.order(outputs)
        self.storage = Storage(self.spec, self.order, _IN_PLACE)
        self.results = {name: self.names.new(f"g_{name}") for name in plan.gradients}

    def source(self) -> str:
        copies = self._place_results()
        for value in self.order:
            self._emit(value)
        for name, value in copies:
            self.lines.append(f"{self.results[name]}[...] = {self.operand(value)}")
        loss = self.plan.loss
        self.lines.append(f"return {self._scalar(loss)}" if loss is not None else "return None")
        return self._assembled()

    def _place_results(self) -> list[tuple[str, Value]]:
        """Let each gradient be computed where it is wanted; those that cannot be are copied there at the end."""
        copies = []
        computed = {v.number for v in self.order}
        for name, value in self.plan.gradients.items():
            ref = self.spec.ref(value)
            base = ref.base
            if base.number not in computed or not ref.whole or not base.dims or base.number in self.storage.fixed:
                copies.append((name, value))
                continue
            place = self.results[name]
            if ref.shape != self.spec.shape(base):
                place = self.names.new(f"{place}_whole")
                self.bound.append(f"{place} = {self.results[name]}.reshape({self.spec.shape(base)})")
            self.storage.fixed[base.number] = place
        return copies

    # Names of what operations read and write

    def operand(self, value: Value) -> str:
        """The variable that holds a value for reading."""
        if value.static:
            return self._constant(value)
        ref = self.spec.ref(value)
        return self._viewed(ref)

    def _fitted(self, value: Value, shape: tuple[int, ...], lines: list[str]) -> str:
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
        if own == shape or len(shape) != 2 or shape[1] > NARROW or shape[0] * shape[1] > SMALL:
            return read
        column = own[1] == 1
        ones = self.define("ones", f"np.ones({(1, shape[1]) if column else (shape[0], 1)}, {self.dtype!r})")
        pair = (read, ones) if column else (ones, read)
        spread = self.scratch(shape, self.dtype, "spread" if not lines else "spread_2")
        lines.append(self.call("dot", *pair, spread))
        return spread

    def _viewed(self, ref: Ref) -> str:
        base = self._name(ref.base)
        if not ref.suffix:
            return base
        key = (ref.base.number, ref.suffix)
        if key not in self.views:
            name = self.views[key] = self.names.new(f"{base}_view" if ref.suffix != ".T" else f"{base}_T")
            handed_in = ref.base.op == "leaf" or ref.base.number in self.storage.fixed
            (self.bound if handed_in else self.made).append(f"{name} = {base}{ref.suffix}")
        return self.views[key]

    def _name(self, base: Value) -> str:
        if base.op == "leaf":
            return self.signature.names[base.data]
        return self.storage.names[base.number]

    def _constant(self, value: Value) -> str:
        number = self.spec.constant(value)
        if number is not None:
            return self.number(float(number))
        return self.define("c", f"np.asarray({self.writer.text(value)})")

    def number(self, number: float) -> str:
        """A scalar as an array: NumPy converts a Python number anew on every call."""
        return self.define("one" if number == 1 else "zero" if number == 0 else "c", f"np.array({number!r}, {self.dtype!r})")

    def define(self, wish: str, text: str, key: str = "") -> str:
        """A variable made once for this expression (and key)."""
        name = self.constants.get(key + text)
        if name is None:
            name = self.constants[key + text] = self.names.new(wish)
            self.made.append(f"{name} = {text}")
        return name

    def target(self, value: Value) -> str:
        """The array that a value is written to."""
        label = self.plan.labels.get(value.number)
        name, old = self.storage.place(value, lambda: self.names.new(label.wish if label else "t"))
        if old is None:
            self.made.append(f"{name} = np.empty({self.spec.shape(value)}, {self.dtype!r})")
        elif old != name:
            self.made.append(f"{name} = {old}")
        return name

    def scratch(self, shape: tuple[int, ...], dtype: str, wish: str) -> str:
        """An array for use within one operation, one for each wish."""
        return self.define(wish, f"np.empty({shape}, {dtype!r})", wish)

    # Operations

    def _emit(self, value: Value) -> None:
        label = self.plan.labels.get(value.number)
        if label is not None:
            self.lines.append(f"# {label.comment}")
        if not value.dims:
            name = self.names.new(label.wish if label else "s")
            self.lines.append(f"{name} = {self._scalar_text(value)}")
            self.storage.names[value.number] = name
        else:
            self.lines.extend(self._operation(value))
        self.storage.release(value)

    def _scalar(self, value: Value) -> str:
        if value.static:
            return self.writer.text(value)
        return self.operand(value)

    def _scalar_text(self, value: Value) -> str:
        factor, source = self.spec.scaled(value)
        if source is not value and not source.dims:
            return f"{self._scalar(source)} * {float(factor)!r}" if factor != 1 else self._scalar(source)
        if value.op == "sum" and not self.spec.ref(value.args[0]).suffix:
            return self.call("add.reduce", self.operand(value.args[0]), "None")
        if value.op == "vdot" and not self.dtype.startswith("complex"):
            return self.call("vdot", *[self.operand(a) for a in value.args])
        return self._text(value)

    def _text(self, value: Value) -> str:
        for arg in value.args:
            if not (arg.static and not arg.dims):
                self.writer.known[arg.number] = self.operand(arg)
        return self.writer.text(value)

    def call(self, function: str, *arguments: str) -> str:
        """A call of a NumPy function, which the source then imports."""
        self.used.add(function.split(".", maxsplit=1)[0])
        return f"{function}({', '.join(arguments)})"

    def _operation(self, value: Value) -> list[str]:
        gate = self.spec.gates.get(value.number)
        if gate is not None:
            return self._gated(value, *gate)
        factor, source = self.spec.scaled(value)
        if source is not value and self.spec.shape(source) == self.spec.shape(value):
            read = self.operand(source)
            if factor == -1:
                return [self.call("negative", read, self.target(value))]
            return [self.call("multiply", read, self.number(float(factor)), self.target(value))]
        op = value.op
        if op in ("maximum", "minimum") and self.spec.constant(value.args[1]) == 0:
            zeros = self.define("zeros", f"np.zeros({self.spec.shape(value)}, {self.dtype!r})")
            return [self.call(op, self.operand(value.args[0]), zeros, f"out={self.target(value)}")]
        if op == "square":
            read = [self.operand(value.args[0])] * 2
            return [self.call("multiply", *read, self.target(value))]
        if op in _IN_PLACE:
            lines: list[str] = []
            read = [self._fitted(a, self.spec.shape(value), lines) for a in value.args]
            return [*lines, self.call(op, *read, self.target(value))]
        if op == "dot":
            return [self._dot(value)]
        if op in _REDUCTIONS:
            return [self._reduced(value)]
        if op == "matmul":
            return [self.call("matmul", *[self.operand(a) for a in value.args], self.target(value))]
        if op == "einsum":
            read = [self.operand(a) for a in value.args]
            return [self.call("einsum", repr(value.data), *read, f"out={self.target(value)}")]
        if op == "reshape":
            return self._copied(value)
        text = self._text(value)
        return [f"{self.target(value)}[...] = {text}"]

    def _copied(self, value: Value) -> list[str]:
        """A reshape of entries that do not lie in order: copied in order into an array of its own."""
        source = self.operand(value.args[0])
        name = self.target(value)
        shape = self.spec.shape(value.args[0])
        ordered = self.define(f"{name}_as", f"{name}.reshape({shape})") if value.number not in self.storage.fixed else None
        return [f"{ordered or f'{name}.reshape({shape})'}[...] = {source}"]

    def _dot(self, value: Value) -> str:
        read = [self.operand(a) for a in value.args]
        return self.call("dot", *read, self.target(value))

    def _reduced(self, value: Value) -> str:
        source = value.args[0]
        shape = self.spec.shape(source)
        read = self.operand(source)
        if value.op == "sum" and len(shape) == 2 and len(value.data) == 1:
            ones = self.define("ones", f"np.ones({shape[value.data[0]]}, {self.dtype!r})")
            pair = (ones, read) if value.data[0] == 0 else (read, ones)
            return self.call("dot", *pair, self.target(value))
        axes = value.data[0] if len(value.data) == 1 else value.data
        return self.call(f"{_REDUCTIONS[value.op]}.reduce", read, str(axes), "None", self.target(value))

    def _gated(self, value: Value, passed: Value, u: Value) -> list[str]:
        """passed * [u > 0]."""
        shape = self.spec.shape(value)
        read, tested = self.operand(passed), self.operand(u)
        size = 1
        for length in shape:
            size *= length
        if size <= SMALL and u.op == "maximum":
            scratch = self.scratch(shape, self.dtype, "scratch")
            return [self.call("sign", tested, scratch), self.call("multiply", read, scratch, self.target(value))]
        zeros = self.define("zeros", f"np.zeros({shape}, {self.dtype!r})")
        mask = self.scratch(shape, "bool", "mask")
        return [self.call("greater", tested, zeros, mask), self.call("multiply", read, mask, self.target(value))]

    # The whole

    def _assembled(self) -> str:
        plan, names = self.plan, self.signature.names
        sizes = ", ".join(f"{comment(s)} = {n}" for s, n in self.spec.sizes.items())
        head = [f"# Network {comment(plan.network.name)} at {sizes or 'its only size'}, emitted by gradcheck."]
        head += [f"# {names[t]}: {comment(t.name)}" for t in plan.leaves]
        head += ["import numpy as np"]
        if self.used:
            head.append(f"from numpy import {', '.join(sorted(self.used))}")
        body = "\n".join(["    def bind(%s):" % self._arguments(results=True)] + _indented(self.bound, 8))
        run = "\n".join(["        def run():", *_indented(self.lines, 12), "        return run", "    return bind"])
        made = "\n".join(["def make():", *_indented(self.made, 4)])
        text = "\n".join([made, body, run])
        helpers = "".join(f"\n\n{code}" for name, code in HELPERS.items() if f"{name}(" in text)
        return "\n".join(head) + "\n" + helpers + "\n\n" + text + "\n\n\n" + self._single_call()

    def _arguments(self, *, results: bool) -> str:
        handed_in = [*self.signature.names.values(), *self.signature.calls.values()]
        return ", ".join([*handed_in, *(self.results.values() if results else [])])

    def _single_call(self) -> str:
        arguments = self._arguments(results=False)
        lines = [f"def gradients({arguments}):", "    results = {"]
        for name, value in self.plan.gradients.items():
            lines.append(f"        {name!r}: np.empty({self.spec.shape(value)}, {self.dtype!r}),")
        lines += ["    }", f"    loss = make()({arguments}{', ' if arguments else ''}*results.values())()"]
        return "\n".join([*lines, "    return loss, results"]) + "\n"


def _indented(lines: Sequence[str], by: int) -> list[str]:
    return [" " * by + line for line in lines]
