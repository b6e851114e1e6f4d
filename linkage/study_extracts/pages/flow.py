"""The flow from recording to decision as a picture: bands as wide as the rounded counts they carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import pandas as pd

from linkage.concepts.outcomes import DECISIONS, ORIENTATIONS, POURSUITES
from linkage.platform.pages.typography import entier
from linkage.study_extracts.categories import ALONE, LINKED
from linkage.study_extracts.tables import TOTAL, WHOLE
from linkage.tables.study_extracts import Cell, StudyCase

RECORDED = "enregistrées"
TITLE = "Des victimes enregistrées à la décision"
SHADES = {POURSUITES: "#3c5a78", LINKED: "#8a9aab"}
PALE = "#c9ced4"


@dataclass(frozen=True)
class Drawing:
    """The sizes of a picture, in its own units."""

    name: str
    columns: tuple[int, ...]
    width: int
    height: int
    bar: int
    label: int
    """What a label takes of height: labels are never on top of each other."""
    two_lines: bool


WIDE = Drawing("large", (0, 180, 380, 800), 985, 340, 10, 20, two_lines=False)
NARROW = Drawing("etroit", (0, 86, 170, 264), 362, 460, 7, 30, two_lines=True)


@dataclass(frozen=True)
class Node:
    """One bar with its count."""

    name: str
    level: int
    y: float
    height: float
    value: int | None
    """The count beside it; null where it is hidden."""


def flows(cells: pd.DataFrame) -> pd.DataFrame:
    """Return ``origin, target, level, valeur``: what the published cells say of the flow; hidden ones are not drawn."""
    victims = cells[(cells[Cell.unite] == "victime") & (cells[Cell.modalite] == WHOLE)].dropna(subset=[Cell.valeur])
    steps = (
        (RECORDED, LINKED, (LINKED, ALONE)),
        (LINKED, StudyCase.orientation, ORIENTATIONS),
        (POURSUITES, StudyCase.decision, (*DECISIONS, "en_attente")),
    )
    bands = []
    for level, (origin, indicator, order) in enumerate(steps):
        of_step = victims[(victims[Cell.indicateur] == indicator) & (victims[Cell.categorie] != TOTAL)]
        values = of_step.drop_duplicates(Cell.categorie).set_index(Cell.categorie)[Cell.valeur].to_dict()
        bands += [(origin, name, level, int(values[name])) for name in order if name in values]
    return pd.DataFrame(bands, columns=["origin", "target", "level", "valeur"])


def svg(cells: pd.DataFrame, recorded: int | None, word: Callable[[str], str], size: Drawing) -> str:
    """Return the picture, empty when too little is published to draw it.

    ``recorded`` is the published count of recorded victims: its parts, perturbed each, may add up to another.
    """
    flow_rows = flows(cells)
    total = int(flow_rows.loc[flow_rows["level"] == 0, "valeur"].sum())
    if not total:
        return ""
    scale = size.height / total
    nodes = {RECORDED: Node(RECORDED, 0, 0.0, total * scale, recorded)}
    leaving: dict[str, float] = {}
    bands, bottom = [], 0.0
    for level, of_level in flow_rows.groupby("level", sort=True):
        y = 0.0
        for row in of_level.itertuples():
            begin = nodes.get(row.origin)
            if begin is None:
                continue
            end = Node(row.target, int(level) + 1, y, row.valeur * scale, row.valeur)
            nodes[row.target] = end
            offset = leaving.get(row.origin, 0.0)
            leaving[row.origin] = offset + end.height
            pale = SHADES[POURSUITES] if row.origin == POURSUITES else PALE
            bands.append(_band(begin, offset, end, SHADES.get(row.target, pale), size))
            y += max(end.height, size.label) + 8
            bottom = max(bottom, y)
    labels = [_node(node, word(name), size) for name, node in nodes.items()]
    height = max(bottom, size.height)
    return (
        f'<svg role="img" aria-label="{TITLE}" viewBox="0 -4 {size.width} {height + 8:.0f}" class="sankey {size.name}">'
        + "".join(bands + labels)
        + "</svg>"
    )


def _band(begin: Node, offset: float, end: Node, shade: str, size: Drawing) -> str:
    x0, x1 = size.columns[begin.level] + size.bar, size.columns[end.level]
    top0, top1, height = begin.y + offset, end.y, end.height
    middle = x0 + 0.6 * (x1 - x0)
    path = (
        f"M{x0},{top0:.1f} C{middle:.1f},{top0:.1f} {middle:.1f},{top1:.1f} {x1},{top1:.1f} "
        f"L{x1},{top1 + height:.1f} C{middle:.1f},{top1 + height:.1f} {middle:.1f},{top0 + height:.1f} "
        f"{x0},{top0 + height:.1f} Z"
    )
    return f'<path d="{path}" fill="{shade}" fill-opacity="0.45"/>'


def _node(node: Node, word: str, size: Drawing) -> str:
    value = "" if node.value is None else entier(node.value)
    x = size.columns[node.level] + size.bar + 5
    # A small bar has its label beside its top, a large one beside its middle.
    y = node.y + max(node.height, size.label) / 2 + (0 if size.two_lines else 5)
    name, count = escape(word), f"<tspan class='n'>{value}</tspan>"
    second = f'</text><text x="{x}" y="{y + 13:.1f}">{count}' if size.two_lines else f" {count}"
    return (
        f'<rect x="{size.columns[node.level]}" y="{node.y:.1f}" width="{size.bar}" '
        f'height="{max(node.height, 1.0):.1f}" fill="#222"/><text x="{x}" y="{y:.1f}">{name}{second}</text>'
    )
