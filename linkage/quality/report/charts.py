"""The report's charts, as static SVG that stands in the page by itself: greys, shapes and labels, no colour needed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

INK, MID, LIGHT, PAPER = "#111111", "#8a8a8a", "#d9d9d9", "#ffffff"
FONT = "Helvetica Neue, Helvetica, Arial, sans-serif"
NAMESPACE = re.compile(r'\sxmlns(:xlink)?="[^"]*"')


CONFIG = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "gridColor": "#e6e6e6",
        "domainColor": MID,
        "tickColor": MID,
        "labelLimit": 240,
        "labelFlush": False,
    },
    "legend": {"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "orient": "top"},
    "title": {"fontSize": 12, "fontWeight": "normal", "anchor": "start", "color": INK},
    "header": {"titleFontSize": 11, "labelFontSize": 11},
}


def to_svg(spec: Mapping[str, Any], title: str) -> str:
    """Return a Vega-Lite specification as inline SVG, with French numbers and a title for those who do not see it."""
    # Room for a reader's font that is wider than the one measured here.
    padded = {**spec, "padding": {"left": 40, "right": 14, "top": 4, "bottom": 4}}
    padded["config"] = {**CONFIG, **spec.get("config", {})}
    svg: str = vl_convert.vegalite_to_svg(padded, format_locale="fr-FR")
    safe = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return NAMESPACE.sub("", svg).replace("<svg ", f'<svg role="img" aria-label="{safe}" ', 1)


def _svg(chart: alt.TopLevelMixin, title: str) -> str:
    spec = chart.to_dict()
    del spec["config"]  # the usual one of altair
    return to_svg(spec, title)


def weights(levels: pd.DataFrame, title: str) -> str:
    """Draw the match weight of each level, comparison by comparison: ``comparison, label, weight``."""
    order = list(dict.fromkeys(levels["label"]))
    base = alt.Chart().encode(y=alt.Y("label:N", sort=order, title=None))
    bar = base.mark_bar(stroke=INK, strokeWidth=0.7, height={"band": 0.7}).encode(
        x=alt.X("weight:Q", title="poids, en bits (log₂ m/u)"),
        fill=alt.condition("datum.weight > 0", alt.value(INK), alt.value(PAPER)),
    )
    text = base.mark_text(align="left", dx=4, fontSize=10, color=INK).encode(
        x=alt.X("end:Q"), text=alt.Text("weight:Q", format="+.1f")
    )
    rows = alt.Row("comparison:N", sort=list(dict.fromkeys(levels["comparison"])), title=None)
    header = alt.Header(labelOrient="top", labelAnchor="start", labelFontWeight="bold", labelPadding=2)
    chart = (
        alt.layer(bar, text, data=levels.assign(end=levels["weight"].clip(lower=0)))
        .properties(width=300, height=alt.Step(15))
        .facet(row=rows.header(header), spacing=6)
        .resolve_scale(y="independent")
    )
    return _svg(chart, title)


def histogram(counts: pd.DataFrame, statuses: Sequence[str], title: str) -> str:
    """Draw the pairs per weight band, one panel and scale per status: ``bin, bin_end, status, nb``."""
    bars = (
        alt.Chart(counts)
        .mark_bar(stroke=INK, strokeWidth=0.5, color=MID)
        .encode(
            x=alt.X("bin:Q", title="poids de la paire, en bits", bin="binned"),
            x2="bin_end:Q",
            y=alt.Y("nb:Q", title="paires", axis=alt.Axis(tickCount=3)),
        )
        .properties(width=520, height=80)
        .facet(
            row=alt.Row(
                "status:N", sort=list(statuses), title=None, header=alt.Header(labelOrient="top", labelAnchor="start")
            ),
            spacing=8,
        )
        .resolve_scale(y="independent")
    )
    return _svg(bars, title)


def ledger(shares: pd.DataFrame, outcomes: Sequence[str], title: str) -> str:
    """Draw what became of each source and vintage, as shares of a bar: ``row, outcome, share, label``."""
    fills = [INK, MID, PAPER, LIGHT, "#555555"][: len(outcomes)]
    order = list(dict.fromkeys(shares["row"]))
    rank = shares.assign(rank=shares["outcome"].map({name: place for place, name in enumerate(outcomes)}))
    stack = alt.Chart(rank).encode(
        y=alt.Y("row:N", sort=order, title=None),
        x=alt.X(
            "share:Q",
            stack="zero",
            title="part des dossiers",
            axis=alt.Axis(format=".0%"),
            scale=alt.Scale(domain=[0, 1]),
        ),
        order="rank:Q",
    )
    bars = stack.mark_bar(stroke=INK, strokeWidth=0.6, height={"band": 0.75}).encode(
        fill=alt.Fill(
            "outcome:N",
            sort=list(outcomes),
            title=None,
            scale=alt.Scale(domain=list(outcomes), range=fills),
            legend=alt.Legend(columns=3, symbolType="square", symbolStrokeColor=INK, symbolStrokeWidth=0.7),
        ),
    )
    return _svg(bars.properties(width=470, height=alt.Step(16)), title)


def dots(
    rows: pd.DataFrame,
    measures: Sequence[str],
    sides: Sequence[str],
    title: str,
    domains: Mapping[str, tuple[float, float]],
) -> str:
    """Draw shares with their intervals, a panel per measure and a shape per side; the line is the whole.

    Reads ``label, measure, side, estimate, low, high, whole``. ``domains``: where the axis of each measure begins and
    ends, the same for all charts, so that they compare.
    """
    order = list(dict.fromkeys(rows["label"]))
    panels = []
    for place, measure in enumerate(measures):
        of_measure = rows[rows["measure"] == measure]
        y = alt.Y(
            "label:N",
            sort=order,
            title=None,
            axis=alt.Axis(labels=place == 0, ticks=place == 0, grid=True),
            scale=alt.Scale(domain=order),
        )
        offset = alt.YOffset("side:N", sort=list(sides), scale=alt.Scale(domain=list(sides)))
        x = alt.X(
            "estimate:Q",
            title=measure,
            scale=alt.Scale(domain=list(domains[measure])),
            axis=alt.Axis(format=".1~%", tickCount=4),
        )
        base = alt.Chart(of_measure).encode(y=y, yOffset=offset)
        whole = (
            alt.Chart(of_measure.drop_duplicates("side"))
            .mark_rule(color=MID)
            .encode(
                x="whole:Q",
                strokeDash=alt.StrokeDash(
                    "side:N",
                    sort=list(sides),
                    legend=None,
                    scale=alt.Scale(domain=list(sides), range=[[1, 0], [4, 3]][: len(sides)]),
                ),
            )
        )
        ends = base.mark_rule(color=INK).encode(x=alt.X("low:Q"), x2="high:Q")
        shape = alt.Shape(
            "side:N",
            legend=None,
            scale=alt.Scale(domain=list(sides), range=["circle", "square"][: len(sides)]),
        )
        fill = alt.Fill(
            "side:N",
            sort=list(sides),
            legend=None,
            scale=alt.Scale(domain=list(sides), range=[INK, PAPER][: len(sides)]),
        )
        mark = base.mark_point(size=38, stroke=INK, strokeWidth=1.1, opacity=1).encode(x=x, shape=shape, fill=fill)
        panels.append(alt.layer(whole, ends, mark).properties(width=205, height=alt.Step(13 if len(sides) > 1 else 18)))
    return _svg(alt.hconcat(*panels, spacing=14), title)
