"""The kinds of comparison of one field of a person, or of any record: text, day, place of birth, swapped fields."""

from __future__ import annotations

from linkage.scored_pairs.levels import Comparison, Level, Similarity, both, same
from linkage.settings.scored_pairs import ComparisonSettings


def text(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare by the edits from one text to the other, in ranges; ``levenshtein`` is the same on both engines."""
    column = declared.columns[0]
    # Splink orders nothing: equality first, so that most pairs never compute an edit distance there.
    levels = [Level("égal", same(column))]
    edits = f"levenshtein({column}_l, {column}_r)"
    levels += [Level(letters(bound), f"{edits} <= {bound}") for bound in declared.bounds]
    distance = Similarity(edits, needed=f"{column}_l <> {column}_r")
    return Comparison(declared.name, both(column), (*levels, Level("différent", "ELSE")), (distance,))


def letters(bound: int) -> str:
    """Return how a range of edits is called."""
    return f"{bound} lettre" if bound == 1 else f"{bound} lettres"


def swapped(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare two texts that may change places (surname, given name): both, swapped, one, nearly, or neither.

    Nearly: the sum of the edits of both texts is within the bound.
    """
    first, second = declared.columns
    edits = " + ".join(f"levenshtein(coalesce({c}_l, ''), coalesce({c}_r, ''))" for c in (first, second))
    near = tuple(Level(letters(bound), f"{edits} <= {bound}") for bound in declared.bounds)
    return Comparison(
        declared.name,
        f"({both(first)}) AND ({both(second)})",
        (
            Level("les deux égaux", f"{same(first)} AND {same(second)}"),
            Level("échangés", f"{first}_l = {second}_r AND {second}_l = {first}_r"),
            *near,
            Level("un égal", f"{same(first)} OR {same(second)} OR {first}_l = {second}_r OR {second}_l = {first}_r"),
            Level("différents", "ELSE"),
        ),
        (Similarity(edits),),
    )


def day(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare dates: same, its first of January (year alone known), day and month swapped, one part wrong, another."""
    column = declared.columns[0]
    year, month, number = (f"{part}({column}_l) = {part}({column}_r)" for part in ("year", "month", "day"))
    vague = " OR ".join(f"(month({column}_{side}) = 1 AND day({column}_{side}) = 1)" for side in "lr")
    crossed = f"month({column}_l) = day({column}_r) AND day({column}_l) = month({column}_r)"
    return Comparison(
        declared.name,
        both(column),
        (
            Level("même jour", same(column)),
            Level("même année, premier janvier", f"{year} AND ({vague})"),
            Level("jour et mois échangés", f"{year} AND {crossed}"),
            Level("une partie fausse", f"({month} AND {number}) OR ({year} AND {number}) OR ({year} AND {month})"),
            Level("même année", year),
            Level("autre jour", "ELSE"),
        ),
    )


def birthplace(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare the commune of birth, else country of birth and nationality, which mean much the same."""
    commune, pays, nationalite = declared.columns
    both_known = f"{commune}_l IS NOT NULL AND {commune}_r IS NOT NULL"
    return Comparison(
        declared.name,
        f"({both(commune)}) AND ({both(pays)}) AND ({both(nationalite)})",
        (
            Level("même commune", same(commune)),
            Level("autre commune", both_known),
            Level("même pays et nationalité", f"{same(pays)} AND {same(nationalite)}"),
            Level("même pays ou nationalité", f"{same(pays)} OR {same(nationalite)}"),
            Level("autre pays", "ELSE"),
        ),
    )
