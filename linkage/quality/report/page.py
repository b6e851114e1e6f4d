"""The report of a version: what it shows, gathered; the page itself is ``rapport.html.j2``."""

from __future__ import annotations

from importlib import resources
from typing import Any

import jinja2

from linkage.platform.pages import fictitious, typography
from linkage.quality.report import method, sections, words
from linkage.quality.report.content import Content, name_levels, read_levels
from linkage.quality.report.protected import protect, protect_levels, shown_as


def render(content: Content) -> str:
    """Return the whole page: one HTML file that needs nothing else, and has no exact count."""
    content = protect(content)
    levels = name_levels(protect_levels(read_levels(content.version["model"])))
    return render_template(
        "rapport.html.j2", content, **sections.build_views(content, levels), **method.build_views(content)
    )


def render_template(name: str, content: Content, **views: Any) -> str:
    """Return a page of quality, from its template and what it shows of a content that is protected already."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(typography.FILTERS)
    shown = shown_as(content.settings)
    environment.filters["compte"] = lambda nb: typography.compte(nb, shown.smallest)
    environment.filters["arrondi"] = lambda nb: typography.compte(shown.count(nb), shown.smallest)
    environment.filters["strate"] = words.stratum
    environment.filters["fenetre"] = words.window
    environment.globals.update(
        SIDES=words.SIDES,
        DIMENSIONS=words.DIMENSIONS,
        MEASURES=words.MEASURES,
        METHODS=words.METHODS,
        OUTCOMES=words.OUTCOMES,
        VALUES={**words.VALUES, **content.places},
        PASSES=words.PASSES,
        RULES=words.RULES,
        BLOCKS=words.BLOCKS,
        STATUSES=words.STATUSES,
        bornes=typography.bornes,
    )
    return environment.get_template(name).render(
        c=content,
        css=_template("rapport.css") + fictitious.style(),
        banner=fictitious.banner(is_fictitious=content.fictitious),
        **views,
    )


def _template(name: str) -> str:
    return (resources.files("linkage.quality.report") / "templates" / name).read_text(encoding="utf-8")
