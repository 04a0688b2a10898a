"""Numbers in, inline SVG out: interval plots, reliability, risk-coverage, histograms, a waterfall.

No plotting package: a chart is a few shapes, and colours come from the page's style sheet, so that dark mode works.
Every text goes through `escape`: labels may hold what strangers wrote.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from eval.refusal_metrics import Bin, Point

ROW = 24
LABELS = 132
WIDTH = 570
NOTES = 382
TIP = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A value with its interval in one series: `series` is a class of the style sheet."""

    value: float
    low: float
    high: float
    series: str
    tip: str


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled line of an interval plot."""

    label: str
    marks: Sequence[Mark]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to pixels."""

    low: float
    high: float
    left: float
    right: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value, at the edge where it is outside."""
        inside = min(max(value, self.low), self.high)
        return self.left + (inside - self.low) / (self.high - self.low) * (self.right - self.left)


def tag(name: str, *children: str, **attributes: object) -> Markup:
    """Return an SVG element; attribute names write `_` for `-`, and `class_` for `class`."""
    named = ((key.rstrip("_").replace("_", "-"), _short(value)) for key, value in attributes.items())
    head = "".join(f' {key}="{escape(value)}"' for key, value in named)
    return Markup(f"<{name}{head}>{''.join(escape(child) for child in children)}</{name}>")


def _short(value: object) -> object:
    return f"{value:.1f}" if isinstance(value, float) else value


def _text(x: float, y: float, words: str, class_: str = "", anchor: str = "start") -> Markup:
    return tag("text", words, x=x, y=y, class_=class_, text_anchor=anchor)


def _svg(width: float, height: float, title: str, shapes: Iterable[Markup]) -> Markup:
    body = (tag("title", title), *shapes)
    return tag("svg", *body, viewBox=f"0 0 {width:g} {height:g}", width=width, height=height, role="img")


def intervals(title: str, lines: Sequence[Line], *, low: float = 0.0, high: float = 1.0) -> Markup:
    """Return a plot with a line for each label and, on it, a dot with its interval for each series."""
    scale = Scale(low, high, LABELS, WIDTH - 24)
    thick = max((len(line.marks) for line in lines), default=1)
    step = ROW if thick < 3 else ROW + 8
    bottom = 18 + step * len(lines)
    shapes: list[Markup] = _grid(scale, 12, bottom)
    for place, line in enumerate(lines):
        middle = 18 + step * (place + 0.5)
        shapes.append(_text(LABELS - 12, middle + TIP, line.label, anchor="end"))
        for i, mark in enumerate(line.marks):
            shapes.append(_mark(mark, scale, middle + (i - (len(line.marks) - 1) / 2) * 8))
        shapes.append(_text(WIDTH, middle + TIP, line.note, "note"))
    noted = any(line.note for line in lines)
    return _svg(WIDTH + (NOTES if noted else 0), bottom + 22, title, shapes)


def _mark(mark: Mark, scale: Scale, y: float) -> Markup:
    whisker = tag("line", x1=scale(mark.low), x2=scale(mark.high), y1=y, y2=y)
    dot = tag("circle", cx=scale(mark.value), cy=y, r=3.5)
    return tag("g", tag("title", mark.tip), whisker, dot, class_=f"mark {mark.series}")


def _grid(scale: Scale, top: float, bottom: float) -> list[Markup]:
    shapes: list[Markup] = []
    for i in range(5):
        value = scale.low + (scale.high - scale.low) * i / 4
        x, zero = scale(value), abs(value) < 1e-9 and scale.low < 0
        shapes.append(tag("line", x1=x, x2=x, y1=top, y2=bottom, class_="zero" if zero else "grid"))
        shapes.append(_text(x, bottom + 14, f"{value:+.2g}" if scale.low < 0 else f"{value:.2g}", "tick", "middle"))
    return shapes


def _square(title: str, x_name: str, y_name: str, shapes: Sequence[Markup]) -> Markup:
    """Return shapes inside the unit square of 240 pixels, with its axes."""
    frame = [tag("rect", x=44, y=12, width=240, height=240, class_="frame")]
    for value in (0, 0.5, 1):
        frame.append(_text(44 + 240 * value, 268, f"{value:g}", "tick", "middle"))
        frame.append(_text(38, 256 - 240 * value, f"{value:g}", "tick", "end"))
    frame.append(_text(164, 286, x_name, "axis", "middle"))
    frame.append(tag("text", y_name, x=14, y=132, class_="axis", text_anchor="middle", transform="rotate(-90 14 132)"))
    return _svg(300, 294, title, [*frame, *shapes])


def reliability_diagram(bins: Sequence[Bin]) -> Markup:
    """Return what was said against how often it was true; on the diagonal the confidence is honest."""
    most = max((b.n for b in bins), default=1)
    shapes = [tag("line", x1=44, y1=252, x2=284, y2=12, class_="diagonal")]
    for b in bins:
        tip = f"said {b.confidence:.2f}, true for {b.answerable:.2f} of {b.n}"
        radius = 3 + 9 * (b.n / most) ** 0.5
        x, y = 44 + 240 * b.confidence, 252 - 240 * b.answerable
        shapes.append(tag("circle", tag("title", tip), cx=x, cy=y, r=radius, class_="bubble"))
    return _square("reliability of the confidence", "confidence", "share answerable", shapes)


def risk_curve(points: Sequence[Point]) -> Markup:
    """Return the share of wrong answers when only the most confident share of questions is answered."""
    corners = " ".join(f"{44 + 240 * p.coverage:.1f},{252 - 240 * p.risk:.1f}" for p in points)
    shapes = [tag("polyline", points=corners, class_="curve")]
    return _square("risk by coverage", "share of questions answered", "share of these wrong", shapes)


def histogram(title: str, counts: Mapping[str, Sequence[int]], labels: Sequence[str]) -> Markup:
    """Return bars side by side for each series, as shares of the series."""
    left, height, group = 30, 150, 46
    bar = (group - 10) / max(1, len(counts))
    shapes = [tag("line", x1=left, x2=left + group * len(labels), y1=height, y2=height, class_="frame")]
    for place, label in enumerate(labels):
        shapes.append(_text(left + group * (place + 0.5), height + 16, label, "tick", "middle"))
        for i, (series, values) in enumerate(counts.items()):
            share = values[place] / max(1, sum(values))
            tall, x = share * (height - 24), left + group * place + 5 + bar * i
            tip = tag("title", f"{series}: {values[place]} questions, {share:.0%}")
            shapes.append(tag("rect", tip, x=x, y=height - tall, width=bar - 2, height=tall, class_=f"bar {series}"))
            if share >= 0.005:
                shapes.append(_text(x + bar / 2 - 1, height - tall - 4, f"{share * 100:.0f}", "tick", "middle"))
    return _svg(left + group * len(labels) + 8, height + 26, title, shapes)


def waterfall(title: str, stages: Sequence[tuple[str, float, float]]) -> Markup:
    """Return stages one after another (name, p50, p95 in ms): the bar is the median, the thin tail the 95th."""
    total = sum(p50 for _, p50, _ in stages)
    furthest = max([total, *(p95 + sum(p for _, p, _ in stages[:i]) for i, (_, _, p95) in enumerate(stages))])
    scale = Scale(0, furthest or 1.0, LABELS, WIDTH - 150)
    shapes: list[Markup] = []
    start = 0.0
    for place, (name, p50, p95) in enumerate(stages):
        y = 8 + ROW * place
        wide = max(1.5, scale(start + p50) - scale(start))
        shapes += [
            _text(LABELS - 12, y + 15, name, anchor="end"),
            tag("line", x1=scale(start), x2=scale(start + p95), y1=y + 11, y2=y + 11, class_="tail"),
            tag("rect", x=scale(start), y=y + 4, width=wide, height=14, class_="bar all"),
            _text(scale(start + max(p50, p95)) + 8, y + 15, f"{p50:.1f} ms (95 %: {p95:.1f})", "tick"),
        ]
        start += p50
    return _svg(WIDTH, 16 + ROW * len(stages), title, shapes)


def lines_chart(title: str, series: Mapping[str, Sequence[tuple[float, float]]], *, x_name: str, y_name: str) -> Markup:
    """Return lines over a logarithmic x and a logarithmic y, each named at its end."""
    import math

    points = [point for line in series.values() for point in line if min(point) > 0]
    if not points:
        return Markup("")
    xs, ys = [math.log10(x) for x, _ in points], [math.log10(y) for _, y in points]
    across = Scale(min(xs), max(max(xs), min(xs) + 0.1), 60, 430)
    up = Scale(math.floor(min(ys)), max(math.ceil(max(ys)), math.floor(min(ys)) + 1), 200, 16)
    shapes: list[Markup] = []
    for power in range(int(up.low), int(up.high) + 1):
        shapes.append(tag("line", x1=60, x2=430, y1=up(power), y2=up(power), class_="grid"))
        shapes.append(_text(52, up(power) + TIP, f"{10.0**power:g}", "tick", "end"))
    for x in sorted({x for x, _ in points}):
        shapes.append(_text(across(math.log10(x)), 216, f"{x:,.0f}", "tick", "middle"))
    for place, (name, line) in enumerate(series.items()):
        drawn = [(across(math.log10(x)), up(math.log10(y))) for x, y in line if min(x, y) > 0]
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
        shapes.append(tag("polyline", points=corners, class_=f"curve s{place % 6}"))
        shapes += [tag("circle", cx=x, cy=y, r=3, class_=f"dot s{place % 6}") for x, y in drawn]
        shapes.append(_text(drawn[-1][0] + 8, drawn[-1][1] + TIP, name, f"name s{place % 6}"))
    shapes.append(_text(245, 236, x_name, "axis", "middle"))
    shapes.append(tag("text", y_name, x=14, y=108, class_="axis", text_anchor="middle", transform="rotate(-90 14 108)"))
    return _svg(WIDTH, 244, title, shapes)
