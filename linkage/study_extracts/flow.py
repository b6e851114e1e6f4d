"""The flow from recording to decision as a picture: bands as wide as the rounded counts they carry."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd  # type: ignore[import-untyped]

from linkage.study_extracts.course import DECISIONS, ORIENTATIONS, POURSUITES
from linkage.study_extracts.tables import LINKED, WHOLE
from linkage.tables.study_extracts import Cell

WIDTH, HEIGHT, BAR, GAP = 960, 300, 10, 12
COLUMNS = (0, 175, 370, 770)
SHADES = {POURSUITES: "#3c5a78", LINKED: "#8a9aab"}
PALE = "#c9ced4"


def flows(cells: pd.DataFrame) -> pd.DataFrame:
    """``origin, target, level, valeur``: what the published cells say of the flow; hidden ones are not drawn."""
    victims = cells[(cells[Cell.unite] == "victime") & (cells[Cell.modalite] == WHOLE)].dropna(subset=[Cell.valeur])
    steps = (("enregistrées", "liaison", None), (LINKED, "orientation", ORIENTATIONS), (POURSUITES, "decision", None))
    made = []
    for level, (origin, indicator, order) in enumerate(steps):
        name = LINKED if indicator == "liaison" else indicator
        own = victims[(victims[Cell.indicateur] == name) & (victims[Cell.categorie] != "Total")]
        own = own.drop_duplicates(Cell.categorie)
        rank = {word: number for number, word in enumerate(order or (LINKED, *DECISIONS, "en_attente"))}
        own = own.assign(rank=own[Cell.categorie].map(rank).fillna(99)).sort_values(["rank", Cell.categorie])
        for row in own.itertuples():
            target, value = getattr(row, Cell.categorie), int(getattr(row, Cell.valeur))
            made.append({"origin": origin, "target": target, "level": level, "valeur": value})
    return pd.DataFrame(made, columns=["origin", "target", "level", "valeur"])


def svg(cells: pd.DataFrame, words: Mapping[str, str]) -> str:
    """The picture; empty when too little is published to draw it."""
    drawn = flows(cells)
    total = drawn.loc[drawn["level"] == 0, "valeur"].sum()
    if not total:
        return ""
    scale = (HEIGHT - 6 * GAP) / total
    first = {"name": "enregistrées", "x": COLUMNS[0], "y": 20.0, "h": total * scale, "value": int(total)}
    nodes = {"enregistrées": first}
    bands = []
    for level, own in drawn.groupby("level", sort=True):
        y = {0: 20.0, 1: 20.0, 2: 20.0}[int(level)]
        leaving: dict[str, float] = {}
        for row in own.itertuples():
            height = row.valeur * scale
            begin = nodes.get(row.origin)
            if begin is None:
                continue
            offset = leaving.get(row.origin, 0.0)
            leaving[row.origin] = offset + height
            nodes[row.target] = {
                "name": row.target,
                "x": COLUMNS[int(level) + 1],
                "y": y,
                "h": height,
                "value": row.valeur,
            }
            shade = SHADES.get(row.target, SHADES.get(row.origin, PALE) if row.origin == POURSUITES else PALE)
            bands.append(_band(begin, offset, nodes[row.target], shade))
            y += height + GAP
    labels = [_node(node, words.get(str(name), str(name))) for name, node in nodes.items()]
    title = "Des victimes enregistrées à la décision"
    return (
        f'<svg role="img" aria-label="{title}" viewBox="0 0 {WIDTH} {HEIGHT + 40}" class="sankey">'
        + "".join(bands + labels)
        + "</svg>"
    )


def _band(begin: Mapping[str, object], offset: float, end: Mapping[str, object], shade: str) -> str:
    x0, x1 = float(str(begin["x"])) + BAR, float(str(end["x"]))
    top0, top1, height = float(str(begin["y"])) + offset, float(str(end["y"])), float(str(end["h"]))
    middle = (x0 + x1) / 2
    path = (
        f"M{x0:.1f},{top0:.1f} C{middle:.1f},{top0:.1f} {middle:.1f},{top1:.1f} {x1:.1f},{top1:.1f} "
        f"L{x1:.1f},{top1 + height:.1f} C{middle:.1f},{top1 + height:.1f} {middle:.1f},{top0 + height:.1f} "
        f"{x0:.1f},{top0 + height:.1f} Z"
    )
    return f'<path d="{path}" fill="{shade}" fill-opacity="0.45"/>'


def _node(node: Mapping[str, object], word: str) -> str:
    x, y, height = (float(str(node[name])) for name in ("x", "y", "h"))
    value = f"{node['value']:,}".replace(",", "\u202f")
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{BAR}" height="{max(height, 1.0):.1f}" fill="#222"/>'
        f'<text x="{x + BAR + 5:.1f}" y="{y + max(height, 1.0) / 2 + 4:.1f}">{escape(word)} · {value}</text>'
    )
