"""Bars and curves as drawings of shares that are shown: legible in grey, as wide as the page or as a telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from linkage.platform.pages.typography import part

INKS = ("#16324f", "#8a5a00", "#4d7a4d", "#8c2f39", "#5b6570", "#111111")
PALE = "#75879a"
DASHES = ("", "7 3", "2 3", "10 3 2 3", "5 2 1 2 1 2", "14 4")
"""Beside its ink, each curve has a dash and a mark of its own: ink is lost in grey."""


@dataclass(frozen=True)
class Size:
    """The sizes of a picture, in its own units."""

    name: str
    width: int
    height: int
    label: int
    """What labels take of the width, on the left."""
    legend: int
    """Entries of the legend in one line."""


WIDE, NARROW = Size("large", 760, 330, 250, 3), Size("etroit", 340, 330, 128, 1)


@dataclass(frozen=True)
class Curve:
    """A name and its points: place on the axis, share."""

    name: str
    points: Sequence[tuple[float, float]]


def bars(shares: Sequence[tuple[str, float]], size: Size, *, title: str) -> str:
    """Return horizontal bars, one per share, their scale from nothing to the largest."""
    line, longest = 30, max((share for _, share in shares), default=0.0)
    wide = size.width - size.label - 60
    drawn = []
    for place, (name, share) in enumerate(shares):
        ink = INKS[0] if not place else PALE
        y, width = place * line, wide * share / longest if longest else 0.0
        lines = _lines(name, 34 if size.name == WIDE.name else 20)
        shift = 19 - 7 * (len(lines) - 1)
        texts = "".join(
            f'<tspan x="0" dy="{0 if not at else 13}">{escape(text)}</tspan>' for at, text in enumerate(lines)
        )
        drawn.append(
            f'<text y="{y + shift}">{texts}</text>'
            f'<rect x="{size.label}" y="{y + 5}" width="{width:.1f}" height="20" fill="{ink}"/>'
            f'<text x="{size.label + width + 6:.1f}" y="{y + 20}" class="n">{part(share, 0)}</text>'
        )
    return _svg(size, line * len(shares), title, "".join(drawn))


def curves(series: Sequence[Curve], ticks: Sequence[tuple[float, str]], size: Size, *, title: str, axis: str) -> str:
    """Return curves of shares above one axis, the legend above them; the vertical axis starts at nothing."""
    lines = -(-len(series) // size.legend)
    top, left, bottom = 20 * lines + 18, 42, 56
    height, width = size.height - bottom - 10, size.width - left - 16
    largest = max((share for curve in series for _, share in curve.points), default=1.0)
    step = next(step for step in (0.05, 0.1, 0.2, 0.25) if largest <= 5 * step or step == 0.25)
    scale = step * -(-largest // step)
    low, high = ticks[0][0], ticks[-1][0]

    def x(value: float) -> float:
        return left + width * (value - low) / (high - low)

    def y(share: float) -> float:
        return top + height * (1 - share / scale)

    drawn = []
    for number in range(round(scale / step) + 1):
        at, line = y(number * step), "grid" if number else "axis"
        drawn.append(
            f'<line x1="{left}" x2="{left + width}" y1="{at:.1f}" y2="{at:.1f}" class="{line}"/>'
            f'<text x="{left - 6}" y="{at + 4:.1f}" class="e">{part(number * step, 0)}</text>'
        )
    for value, label in ticks:
        drawn.append(f'<text x="{x(value):.1f}" y="{top + height + 18}" class="m">{escape(label)}</text>')
    drawn.append(f'<text x="{left + width}" y="{top + height + 38}" class="e">{escape(axis)}</text>')
    for place, curve in enumerate(series):
        ink, dash = INKS[place % len(INKS)], DASHES[place % len(DASHES)]
        stroke = f'stroke="{ink}" stroke-dasharray="{dash}" class="curve"'
        points = [(x(value), y(share)) for value, share in curve.points]
        drawn.append(f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}" {stroke}/>')
        drawn += [_mark(place, a, b, ink) for a, b in points]
        at_x, at_y = place % size.legend * (size.width // size.legend), 10 + 20 * (place // size.legend)
        drawn.append(
            f'<line x1="{at_x}" x2="{at_x + 34}" y1="{at_y}" y2="{at_y}" {stroke}/>{_mark(place, at_x + 17, at_y, ink)}'
        )
        drawn.append(f'<text x="{at_x + 41}" y="{at_y + 5}">{escape(curve.name)}</text>')
    return _svg(size, size.height + 20 * lines, title, "".join(drawn))


def _mark(place: int, x: float, y: float, ink: str) -> str:
    """Return the mark of a curve: a disc, a square, a triangle or a diamond, full then hollow."""
    fill = ink if place < 4 else "#fff"
    shapes = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" ',
        f'<rect x="{x - 3.4:.1f}" y="{y - 3.4:.1f}" width="6.8" height="6.8" ',
        f'<path d="M{x:.1f},{y - 4.4:.1f} l4.4,7.6 h-8.8 Z" ',
        f'<path d="M{x:.1f},{y - 5:.1f} l5,5 l-5,5 l-5,-5 Z" ',
    )
    return f'{shapes[place % len(shapes)]}fill="{fill}" stroke="{ink}"/>'


def _lines(text: str, longest: int) -> list[str]:
    """Return the words in lines, two at most."""
    words, first = text.split(" "), ""
    while words and len(f"{first} {words[0]}".strip()) <= longest:
        first = f"{first} {words.pop(0)}".strip()
    return [line for line in (first, " ".join(words)) if line]


def _svg(size: Size, height: int, title: str, drawn: str) -> str:
    return (
        f'<svg role="img" aria-label="{escape(title, quote=True)}" viewBox="0 0 {size.width} {height}" '
        f'class="drawn {size.name}">{drawn}</svg>'
    )
