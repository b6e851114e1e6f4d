"""A map of shares by département, drawn from open contours: darker is more, hatched is hidden."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

WIDTH, HEIGHT, LEGEND = 613, 585, 96
OVERSEAS = ("971", "972", "973", "974", "976")
"""Départements that the contours lack: squares below the others, under their codes."""
SHADES = ("#e4e9ef", "#a9b9c9", "#5d7d9c", "#16324f")
STEPS = (1, 2, 5, 10, 25)
"""Points that a class of shares may span; its bounds are multiples of it."""
HATCHED = "secret"
SQUARE = 34


def svg(shares: Mapping[str, float], contours: Mapping[str, str], *, title: str) -> str:
    """Return the map and its legend; what ``shares`` does not have is hatched."""
    points = {code: math.floor(round(100 * share, 1)) for code, share in shares.items()}
    least, most = min(points.values()), max(points.values())
    span = next(step for step in STEPS if most < step * (least // step + len(SHADES)) or step == STEPS[-1])
    first = least // span
    last = min(most // span, first + len(SHADES) - 1)
    shades = SHADES[: last - first + 1]

    def fill(code: str) -> str:
        return shades[min(points[code] // span, last) - first] if code in points else f"url(#{HATCHED})"

    drawn = [f'<path d="{contour}" fill="{fill(code)}"/>' for code, contour in contours.items()]
    for place, code in enumerate(OVERSEAS):
        x, y = 8 + place * (SQUARE + 14), HEIGHT + 6
        drawn.append(f'<rect x="{x}" y="{y}" width="{SQUARE}" height="{SQUARE}" fill="{fill(code)}"/>')
        drawn.append(f'<text x="{x + SQUARE / 2:g}" y="{y + SQUARE + 20}" class="m">{code}</text>')
    names = [f"de {low * span} à {(low + 1) * span}\u202f%" for low in range(first, last + 1)]
    for place, (name, shade) in enumerate(zip([*names, "secret"], [*shades, f"url(#{HATCHED})"], strict=True)):
        y = 16 + 28 * place
        drawn.append(f'<rect x="{2 - LEGEND}" y="{y}" width="30" height="18" fill="{shade}"/>')
        drawn.append(f'<text x="{40 - LEGEND}" y="{y + 16}">{name}</text>')
    hatching = (
        f'<defs><pattern id="{HATCHED}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect width="6" height="6" fill="#fff"/><path d="M0,6 L6,0" stroke="#8a9099"/></pattern></defs>'
    )
    box = f"{-LEGEND} 0 {LEGEND + WIDTH} {HEIGHT + SQUARE + 34}"
    label = escape(title, quote=True)
    return f'<svg role="img" aria-label="{label}" viewBox="{box}" class="map">{hatching}{"".join(drawn)}</svg>'
