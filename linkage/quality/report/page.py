"""The report of a version: what it shows, gathered; the page itself is ``rapport.html.j2``."""

from __future__ import annotations

from importlib import resources

import jinja2

from linkage.platform.pages import fictitious, typography
from linkage.quality.report import method, sections, words
from linkage.quality.report.content import Content, name_levels, read_levels
from linkage.quality.report.protected import protect, protect_levels, shown_as


def render(content: Content) -> str:
    """Return the whole page: one HTML file that needs nothing else, and has no exact count."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    content = protect(content)
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
    page = environment.get_template("rapport.html.j2")
    levels = name_levels(protect_levels(read_levels(content.version["model"])))
    return page.render(
        c=content,
        css=_template("rapport.css") + fictitious.style(),
        banner=fictitious.banner(is_fictitious=content.fictitious),
        **sections.build_views(content, levels),
        **method.build_views(content),
    )


def _template(name: str) -> str:
    return (resources.files("linkage.quality.report") / "templates" / name).read_text(encoding="utf-8")
