"""A comparison of arrays as a table of plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .gradients import ArrayRow, ArrayTable

_HEAD = ("parameter", "shape", "max error", "relative", "worst entry", "claimed", "derived", "finite difference", "")


def table_text(table: ArrayTable) -> str:
    """The table, a line for each parameter, and a summary."""
    cells = [_HEAD, *[_cells(row) for row in table.rows]]
    widths = [max(len(line[k]) for line in cells) for k in range(len(_HEAD))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join([*lines, "", *_summary(table)])


def _cells(row: ArrayRow) -> tuple[str, ...]:
    entry = f"[{', '.join(map(str, row.worst))}]" if row.worst else ""
    witness = f"{row.finite_difference:.6g} ± {row.error:.1g}"
    numbers = (f"{row.max_absolute:.1e}", f"{row.max_relative:.1e}", entry, f"{row.claimed:.6g}", f"{row.derived:.6g}")
    shape = "×".join(map(str, row.shape)) or "scalar"
    name = "".join(c if c.isprintable() else " " for c in row.name)
    return (name, shape, *numbers, witness, row.status + (f": {row.hint}" if row.hint else ""))


def _summary(table: ArrayTable) -> list[str]:
    sizes = ", ".join(f"{name} = {size}" for name, size in table.sizes.items())
    where = f" at {sizes}" if sizes else ""
    lines = []
    contradicted = [row.name for row in table.rows if row.status == "contradiction"]
    if contradicted:
        names = ", ".join(contradicted)
        lines.append(
            f"finite differences contradict the derived gradient by {names}: a defect of gradcheck, please report it"
        )
    wrong = [row for row in table.rows if row.status == "wrong"]
    count = len(table.rows)
    if wrong:
        lines.append(f"{len(wrong)} of {count} gradients wrong{where}: {', '.join(row.name for row in wrong)}")
    elif table.ok:
        lines.append(f"all {count} gradients agree{where}" if count > 1 else f"the gradient agrees{where}")
    unclear = [row.name for row in table.rows if row.status == "undecided"]
    if unclear:
        lines.append(f"undecided, the loss is not smooth there: {', '.join(unclear)}")
    kinks = [row.name for row in table.rows if row.status == "at a kink"]
    if kinks:
        lines.append(f"at a kink, where only a convention decides: {', '.join(kinks)}")
    return lines
