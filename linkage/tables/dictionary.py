"""The data dictionary, generated from the declarations: ``python -m linkage.tables.dictionary`` writes it."""

from __future__ import annotations

import sys
from pathlib import Path

from linkage.platform.lake.schema import Table
from linkage.tables import (
    candidate_pairs,
    linked_base,
    links,
    quality,
    scored_pairs,
    sources,
    standardised,
    study_extracts,
    versions,
)

PAGE = Path(__file__).parents[2] / "docs" / "dictionary.md"
SOURCES = [sources.source_table(source, file) for source, files in sources.FILES.items() for file in files]
MODULES = (standardised, candidate_pairs, scored_pairs, links, versions, quality, linked_base, study_extracts)


def tables() -> list[type[Table]]:
    """Every table of the lake, in the data's order."""
    declared = [
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Table) and value.__module__ == module.__name__
    ]
    return [*SOURCES, sources.Delivery, sources.Reject, *(table for table in declared if hasattr(table, "path"))]


def page() -> str:
    """The dictionary in Markdown: for each table its grain, key and columns."""
    sections = [
        "# Dictionnaire des données\n\nPage produite par `python -m linkage.tables.dictionary` ; ne pas la modifier."
    ]
    return "\n\n".join([*sections, *(_section(table) for table in tables())]) + "\n"


def _section(table: type[Table]) -> str:
    grain = (table.__doc__ or "").partition("\n")[0]
    lines = [f"## {table.path}", grain, f"Clé : {', '.join(table.key) or 'aucune'}."]
    # Where a column comes from is said of the analysts' tables only: the others are their own source.
    sourced = any(column.source for column in table.columns)
    titles = ["colonne", "type", "signification", "unité", "vide", *(["source"] if sourced else [])]
    rows = [titles, ["---"] * len(titles)]
    for column in table.columns:
        cells = [str(column), column.kind, column.meaning, column.unit, column.nulls]
        rows.append([*cells, *([column.source] if sourced else [])])
    return "\n\n".join([*lines, "\n".join(f"| {' | '.join(row)} |" for row in rows)])


def main() -> int:
    """Writes the page; with ``--check``, says whether it is up to date (0) or not (1)."""
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    sys.stderr.write("docs/dictionary.md is not up to date: run python -m linkage.tables.dictionary\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
