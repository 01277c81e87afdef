"""Charts as SVG."""

from __future__ import annotations

import math
from xml.etree import ElementTree as ET

from ..page.scales import decades, ticks
from ..page.tree import Chart, Line, Math, Series, Text
from .elements import element
from .runs import Run, runs, text_element

WIDE, PLOT, ROW = 620.0, 250.0, 34.0
BOTTOM, TOP, RIGHT = 46.0, 14.0, 18.0


def chart_svg(chart: Chart, alt: str) -> ET.Element:
    """The plot with its axes, its points and its legend."""
    frame = _Frame(chart)
    out = element("svg", role="img", aria_label=alt, class_="wide", viewBox=f"0 0 {WIDE:g} {frame.high:g}",
                  width=f"{WIDE:g}", height=f"{frame.high:g}", xmlns="http://www.w3.org/2000/svg")  # fmt: skip
    out.extend(frame.axes())
    for series in chart.series:
        out.extend(frame.draw(series))
    if chart.limit:
        out.extend(frame.limit(*chart.limit))
    if frame.named:
        out.extend(frame.legend())
    return out


class _Frame:
    """From data to places on the paper."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        xs = [x for s in chart.series for x, _ in s.points] + ([chart.limit[0]] if chart.limit else [])
        ys = [y for s in chart.series for _, y in s.points]
        self.named = len(chart.series) > 1 and not chart.rows
        self.above = 26.0 if self.named else TOP
        self.left = 150.0 if chart.rows else 74.0
        self.low, self.top = decades(xs)
        self.plot = ROW * len(chart.rows) + 12 if chart.rows else PLOT
        self.high = self.plot + BOTTOM + self.above
        self.bottom_decade, self.top_decade = decades(ys) if chart.y_log else (0, 1)

    def x(self, value: float) -> float:
        span = max(1, self.top - self.low)
        return self.left + (math.log10(value) - self.low) / span * (WIDE - RIGHT - self.left)

    def y(self, value: float) -> float:
        if self.chart.rows:
            return self.above + 6 + ROW * (value + 0.5)
        span = max(1, self.top_decade - self.bottom_decade)
        return self.above + (self.top_decade - math.log10(value)) / span * self.plot

    def axes(self) -> list[ET.Element]:
        base, right = self.above + self.plot, WIDE - RIGHT
        columns = [(decade, self.x(10.0**decade)) for decade in ticks(self.low, self.top)]
        labels = [_power(decade, x, base + 20, "middle") for decade, x in columns]
        labels.append(_label(self.chart.x_label, (self.left + right) / 2, base + 40))
        grid = "".join(f"M{_at(x)} {_at(self.above)}V{_at(base)}" for _, x in columns)
        marks = "".join(f"M{_at(x)} {_at(base)}v5" for _, x in columns)
        if self.chart.rows:
            labels += [_row(row, self.left - 10, self.y(k) + 5) for k, row in enumerate(self.chart.rows)]
        else:
            lines = [(d, self.y(10.0**d)) for d in ticks(self.bottom_decade, self.top_decade, 8)]
            grid += "".join(f"M{_at(self.left)} {_at(y)}H{_at(right)}" for _, y in lines)
            labels += [_power(decade, self.left - 8, y + 4, "end") for decade, y in lines]
            labels.append(self.turned(self.chart.y_label))
        frame = f"M{_at(self.left)} {_at(self.above)}V{_at(base)}H{_at(right)}"
        return [_path(grid, "grid"), _path(frame + marks, "axis"), *labels]

    def turned(self, words: str) -> ET.Element:
        """A label that reads upwards."""
        middle = self.above + self.plot / 2
        label = _label(words, 18, middle)
        label.set("transform", f"rotate(-90 18 {middle:g})")
        return label

    def draw(self, series: Series) -> list[ET.Element]:
        """The series as a line with points, as bars or as points."""
        points = [(self.x(x), self.y(y)) for x, y in series.points]
        if self.chart.bars:
            return [_bar(self.left, y - 8, max(2.0, x - self.left), 16.0) for x, y in points]
        out: list[ET.Element] = []
        if series.lines:
            path = "L".join(f"{_at(x)} {_at(y)}" for x, y in points)
            out.append(_path(f"M{path}", f"curve {series.tone}"))
        return [*out, _path("".join(_marker(x, y, series) for x, y in points), f"marker {series.tone}")]

    def limit(self, value: float, name: str) -> list[ET.Element]:
        x = self.x(value)
        return [
            _path(f"M{_at(x)} {_at(self.above)}V{_at(self.above + self.plot)}", "limit"),
            _label(name, x - 4, self.above + 10, anchor="end"),
        ]

    def legend(self) -> list[ET.Element]:
        """Name and marker of each series, above the plot."""
        out: list[ET.Element] = []
        x = self.left + 6
        for series in self.chart.series:
            mark = _path(_marker(x, self.above / 2, series), f"marker {series.tone}")
            out += [mark, _label(series.name, x + 12, self.above / 2 + 4, anchor="start")]
            x += 40 + 7.5 * len(series.name)
        return out


def _at(value: float) -> str:
    """A coordinate to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def _path(d: str, kind: str) -> ET.Element:
    return element("path", d=d, class_=kind)


def _bar(x: float, y: float, wide: float, high: float) -> ET.Element:
    return element("rect", x=_at(x), y=_at(y), width=_at(wide), height=_at(high), class_="bar")


def _label(words: str, x: float, y: float, anchor: str = "middle") -> ET.Element:
    return element("text", words, x=_at(x), y=_at(y), text_anchor=anchor, class_="label")


def _power(decade: int, x: float, y: float, anchor: str) -> ET.Element:
    pieces = (Run("10", 0), Run(str(decade).replace("-", "−"), 1))
    up = element("tspan", pieces[1].text, dy="-5")
    return element("text", pieces[0].text, up, x=_at(x), y=_at(y), class_=f"math tick {anchor}")


def _row(items: Line, x: float, y: float) -> ET.Element:
    """The name of a row, with what is said behind it in small letters."""
    out = element("text", x=_at(x), y=_at(y), text_anchor="end", class_="label")
    for item in items:
        if isinstance(item, Math):
            made = text_element(runs(item.latex), x, y, 15, "row")
            down = sum(float(part.get("dy", "0")) for part in made)
            out.append(element("tspan", made.text or "", class_="of", font_size="15"))
            out.extend(made)
            for part in made:
                part.set("class", "of")
            out.append(element("tspan", "\u200a", dy=f"{-down:.3g}"))  # back to the line
        elif isinstance(item, Text):
            out.append(element("tspan", item.text, class_="quiet"))
    return out


def _marker(x: float, y: float, series: Series) -> str:
    """A dot, or a cross for what is wrong: the shape says it without the colour."""
    if series.tone == "wrong":
        return f"M{_at(x - 4)} {_at(y - 4)}l8 8m0-8l-8 8"
    return f"M{_at(x)} {_at(y)}h0"  # the round end of a line without length
