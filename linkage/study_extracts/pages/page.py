"""The page of a study: the answer first, how sure it is, then the tables; protected values only."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

import jinja2

from linkage.concepts.outcomes import ORIENTATIONS, POURSUITES
from linkage.platform.pages import fictitious
from linkage.study_extracts.pages import flow
from linkage.study_extracts.pages.shown import Content, plain, shown_tables
from linkage.study_extracts.pages.words import NARROW, definitions, words
from linkage.tables.study_extracts import Delay


def render(content: Content, *, filters: Mapping[str, Any]) -> str:
    """Return the whole page: one HTML file that needs nothing else."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    french_words = words(content.study)
    environment.filters.update(filters)
    environment.filters["nom"] = lambda code: french_words.get(str(code), str(code))
    shares = content.shares("ensemble")
    by_step = dict(list(plain(content.delays).groupby(Delay.etape, sort=False)))
    return environment.get_template("etude.html.j2").render(
        c=content,
        css=_template("etude.css") + fictitious.style(),
        banner=fictitious.banner(is_fictitious=content.fictitious),
        answer=shares.get(POURSUITES),
        weighted=content.shares("pondere").get(POURSUITES),
        headline=[(name, shares.get(name)) for name in ORIENTATIONS],
        marks=[("ensemble", shares), ("pondere", content.shares("pondere")), *content.safer],
        tables=shown_tables(content),
        delays=[(step, by_step[step].to_dict("records")) for step in content.study.delays.steps if step in by_step],
        definitions=definitions(content.study, extraction=content.extraction),
        sankey=flow.svg(content.cells, french_words, flow.WIDE),
        narrow_sankey=flow.svg(content.cells, french_words | NARROW, flow.NARROW),
        orientations=ORIENTATIONS,
    )


def _template(name: str) -> str:
    return (resources.files("linkage.study_extracts.pages") / "templates" / name).read_text(encoding="utf-8")
