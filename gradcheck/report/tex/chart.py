"""Charts in pgfplots, drawn from the numbers in the file."""

from __future__ import annotations

from ..page.scales import decades, ticks
from ..page.tree import Chart, Line, Math, Series, Text
from .escape import escape
from .rows import safe

LEGEND = "legend style={at={(0,1.02)},anchor=south west,/tikz/every even column/.append style={column sep=1em}}"
"""Above the plot, where no curve runs."""


def chart_tex(chart: Chart) -> str:
    """The plot."""
    options = [
        "width=0.95\\linewidth" if chart.rows else "width=0.85\\linewidth",
        f"height={2.2 + 0.75 * len(chart.rows):.2f}cm" if chart.rows else "height=6.6cm",
        f"xlabel={{{escape(chart.x_label)}}}",
        "xmode=log",
        "axis lines=left",
        "grid=major",
        "grid style={gcquiet!25}",
        "tick label style={font=\\small}",
        "label style={font=\\small}",
        "legend style={draw=none,fill=none,font=\\small,cells={anchor=west}}",
    ]
    if chart.rows:
        numbers = ",".join(str(k) for k in range(len(chart.rows)))
        labels = ",".join(f"{{{_row(row)}}}" for row in chart.rows)
        options += [f"ytick={{{numbers}}}", f"yticklabels={{{labels}}}", "y dir=reverse", "ymin=-0.6",
                    f"ymax={len(chart.rows) - 0.4:.1f}", "axis x line*=bottom"]  # fmt: skip
    else:
        options += ["ymode=log", f"ylabel={{{escape(chart.y_label)}}}", "legend columns=-1", LEGEND]
    low, high = decades([*(x for s in chart.series for x, _ in s.points), *(chart.limit[:1] if chart.limit else ())])
    options += [f"xmin=1e{low}", f"xmax={'2' if chart.limit else '1'}e{high}", f"xtick={{{_ticks(low, high)}}}"]
    if not chart.rows:
        bottom, top = decades(y for s in chart.series for _, y in s.points)
        options += [f"ymin=1e{bottom}", f"ymax=2e{top}", f"ytick={{{_ticks(bottom, top)}}}"]
    body = [_series(series, chart, low) for series in chart.series]
    if chart.limit:
        value, words = chart.limit
        end = len(chart.rows) - 0.4
        body.append(
            rf"\draw[gcwrong,dashed,thick] (axis cs:{value:g},-0.6) -- (axis cs:{value:g},{end:.1f}) "
            rf"node[pos=0.02,below left,black,font=\small] {{{escape(words)}}};"
        )
    inner = "\n".join([rf"\begin{{axis}}[{','.join(options)}]", *body, r"\end{axis}"])
    return "\\begin{tikzpicture}\n" + inner + "\n\\end{tikzpicture}"


def _ticks(low: int, high: int) -> str:
    return ",".join(f"1e{decade}" for decade in ticks(low, high, 8))


def _series(series: Series, chart: Chart, low: int) -> str:
    if chart.bars:
        return "\n".join(
            rf"\fill[gcagrees!70] (axis cs:1e{low},{y - 0.25:.2f}) rectangle (axis cs:{x:.4g},{y + 0.25:.2f});"
            for x, y in series.points
        )
    mark = {"wrong": "mark=x,gcwrong,densely dashed", "good": "mark=*,gcproved", "plain": "mark=*,gcagrees"}[
        series.tone
    ]
    kind = "" if series.lines else ",only marks"
    points = " ".join(f"({x:.4g},{y:.4g})" for x, y in series.points)
    plot = rf"\addplot[{mark},mark size=1.6pt,mark options={{solid}}{kind}] coordinates {{{points}}};"
    named = len(chart.series) > 1 and not chart.rows
    return plot + rf" \addlegendentry{{{escape(series.name)}}}" if named else plot


def _row(items: Line) -> str:
    return "".join(
        f"${safe(i.latex)}$" if isinstance(i, Math) else rf"\gcquiet{{{escape(i.text)}}}" if isinstance(i, Text) else ""
        for i in items
    )
