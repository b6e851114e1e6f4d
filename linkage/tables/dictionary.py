"""The data dictionary, generated from the declarations: ``python -m linkage.tables.dictionary`` writes it."""

from __future__ import annotations

import sys
from pathlib import Path

from linkage.platform.lake.schema import Column, Table
from linkage.tables import (
    candidate_pairs,
    described,
    linked_base,
    links,
    quality,
    scored_pairs,
    sources,
    standardised,
    study_extracts,
    suites,
    versions,
)

PAGE = Path(__file__).parents[2] / "docs" / "dictionary.md"
SOURCES = [sources.source_table(source, file) for source, files in sources.FILES.items() for file in files]
MODULES = (
    standardised,
    candidate_pairs,
    scored_pairs,
    links,
    versions,
    quality,
    linked_base,
    suites,
    described,
    study_extracts,
)


INTRODUCTION = """\
# Dictionnaire des données

Page produite par `python -m linkage.tables.dictionary` ; ne pas la modifier.

Une colonne dont la case « vide » n'a rien n'est jamais vide. Aucune ligne n'est écrite dans une table si une colonne \
y est vide sans que ce soit dit ici, ou porte un code hors de sa liste (« valeurs ») : l'écriture échoue et nomme la \
table et la colonne. Les clés des tables calculées par Spark ne sont pas vérifiées à l'écriture (il faudrait relire \
toutes les lignes), mais par les tests, sur un petit pays ; celles des petites tables faites hors de Spark (poids, \
équilibre, tableaux et registres des études) le sont à chaque fois.\
"""


def tables() -> list[type[Table]]:
    """Return every table of the lake, in the data's order."""
    declared = [
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Table) and value.__module__ == module.__name__
    ]
    return [*SOURCES, sources.Delivery, sources.Reject, *(table for table in declared if hasattr(table, "path"))]


def page() -> str:
    """Return the dictionary in Markdown: for each table its grain, coverage, defects, key and columns."""
    return "\n\n".join([INTRODUCTION, *(_section(table) for table in tables())]) + "\n"


def _section(table: type[Table]) -> str:
    lines = [f"## {table.path}", table.grain, f"Clé : {', '.join(table.key) or 'aucune'}. Faite par : {table.job}."]
    lines += [f"Champ : {table.coverage}"] if table.coverage else []
    lines += [f"Défauts connus : {' '.join(table.defects)}"] if table.defects else []
    # Only the analysts' tables name where a column comes from: the others are their own source.
    sourced = any(column.source for column in table.columns)
    listed = any(column.values or column.codes or column.nomenclature for column in table.columns)
    titles = ["colonne", "type", "signification", "unité", "vide"]
    titles += [*(["valeurs"] if listed else []), *(["source"] if sourced else [])]
    rows = [titles, ["---"] * len(titles)]
    for column in table.columns:
        cells = [str(column), column.kind, column.meaning, column.unit, column.nulls]
        rows.append([*cells, *([_codes(column)] if listed else []), *([column.source] if sourced else [])])
    return "\n\n".join([*lines, "\n".join(f"| {' | '.join(row)} |" for row in rows)])


def _codes(column: Column) -> str:
    """Return the codes of a column, with their meanings where they are declared, then the list that has the others."""
    told = [
        f"{code} : {column.codes[code]}" if code in column.codes else code for code in column.values or column.codes
    ]
    lists = [f"conf/nomenclatures/{column.nomenclature}.csv"] if column.nomenclature else []
    return " ; ".join([*told, *lists]) if column.codes else ", ".join([*told, *lists])


def main() -> int:
    """Write the page; with ``--check``, return 0 if it is up to date, 1 if not."""
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    sys.stderr.write("docs/dictionary.md is not up to date: run python -m linkage.tables.dictionary\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
