"""The page of a study, in the form of the two offices' notes; a pure function of its protected tables."""

from __future__ import annotations

from importlib import resources

import jinja2

from linkage.concepts.outcomes import POURSUITES
from linkage.platform.pages import fictitious, typography
from linkage.study_extracts.pages import essential, reading
from linkage.study_extracts.pages.definitions import definitions
from linkage.study_extracts.pages.outline import MOST_COLUMNS, Outline
from linkage.study_extracts.pages.shown import Content


def render(content: Content) -> str:
    """Return the whole page: one HTML file that needs nothing else."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(typography.FILTERS)
    outline = Outline(content)
    return environment.get_template("etude.html.j2").render(
        c=content,
        css=_template("etude.css") + fictitious.style(),
        banner=fictitious.banner(is_fictitious=content.fictitious),
        answer=content.shares("ensemble").get(POURSUITES),
        essential=essential.sentences(content, outline.tables, content.words),
        sections=outline.sections(),
        turned=any(len(table.columns) > MOST_COLUMNS for table in outline.tables.values()),
        source=reading.source(content),
        definitions=definitions(content.study, extraction=content.extraction),
    )


def _template(name: str) -> str:
    return (resources.files("linkage.study_extracts.pages") / "templates" / name).read_text(encoding="utf-8")
