"""The kinds of comparison of cases, and the levels each gives: SQL over ``column_l`` and ``column_r`` for Splink.

Fields that depend on one another share one comparison (the parts of the key; the persons), because
Splink adds the weights of comparisons as if they were independent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from linkage.scored_pairs import fields
from linkage.scored_pairs.levels import SPARK, Comparison, Level, Similarity, both, same
from linkage.settings.scored_pairs import ComparisonSettings


def comparisons(settings: Sequence[ComparisonSettings], dialect: str) -> list[Comparison]:
    """Return the declared comparisons in the SQL of one engine, ``spark`` or ``duckdb``."""
    return [KINDS[declared.kind](declared, dialect) for declared in settings]


def common(column: str, dialect: str) -> str:
    """Return SQL that counts the values two sets have in common."""
    intersect = "array_intersect" if dialect == SPARK else "list_intersect"
    return size(f"{intersect}({column}_l, {column}_r)", dialect)


def overlap(column: str, dialect: str) -> str:
    """Return SQL that says whether two sets have a value in common, which costs far less than to count them."""
    overlaps = "arrays_overlap" if dialect == SPARK else "list_has_any"
    return f"{overlaps}({column}_l, {column}_r)"


def empty(column: str, side: str, dialect: str) -> str:
    """Return SQL that says whether a set has no value, or is not known."""
    return f"coalesce({size(f'{column}_{side}', dialect)}, 0) <= 0"


def size(set_: str, dialect: str) -> str:
    """Return SQL that counts the values of a set."""
    return f"{'size' if dialect == SPARK else 'len'}({set_})"


def equality(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare as equal or not."""
    column = declared.columns[0]
    return Comparison(declared.name, both(column), (Level("égal", same(column)), Level("différent", "ELSE")))


def gap(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare by the absolute gap between two numbers, in ranges up to each bound."""
    column = declared.columns[0]
    levels = tuple(
        Level(f"écart ≤ {bound}" if bound else "égal", f"abs({column}_l - {column}_r) <= {bound}")
        for bound in declared.bounds
    )
    return Comparison(declared.name, both(column), (*levels, Level("au-delà", "ELSE")))


def delay(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare by the signed delay from a day of the left record to one of the right; no first day is itself a level."""
    start, end = declared.columns
    days = f"({end}_r - {start}_l)"
    levels = [
        Level(f"{low} à {high} jours" if low != high else f"{low} jour", f"{days} BETWEEN {low} AND {high}")
        for low, high in declared.ranges
    ]
    levels.append(Level("sans départ", f"{start}_l IS NULL"))
    return Comparison(declared.name, f"{end}_r IS NULL", (*levels, Level("impossible", "ELSE")))


def place(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare as same commune, same département, or neither."""
    commune, departement = declared.columns
    return Comparison(
        declared.name,
        both(commune),
        (
            Level("même commune", same(commune)),
            Level("même département", same(departement)),
            Level("ailleurs", "ELSE"),
        ),
    )


def offence(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare as same main offence, one in common, same family, or neither: requalification moves the code."""
    main, codes, families = declared.columns
    return Comparison(
        declared.name,
        f"{empty(codes, 'l', dialect)} OR {empty(codes, 'r', dialect)}",
        (
            Level("même natinf", same(main)),
            Level("un natinf commun", overlap(codes, dialect)),
            Level("une famille commune", overlap(families, dialect)),
            Level("autre famille", "ELSE"),
        ),
    )


def rarity(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare, where two values agree together, by how many records of the left have them: what is rare says more.

    With a person in common and facts of other days it says nothing: people come back where they live, for what they did
    before.
    Method: the term frequencies of Splink as levels, whose m and u are learnt like any other's; a pair keeps one of a
    few agreement patterns, and the levels speak of both values together, which are not independent.
    """
    first, second, number, codes, dates, facts = declared.columns
    levels = tuple(Level(f"{bound} semblables au plus", f"{number}_l <= {bound}") for bound in declared.bounds)
    somebody = " OR ".join(f"coalesce({overlap(people, dialect)}, FALSE)" for people in (codes, dates))
    other_days = f"coalesce({facts}_l <> {facts}_r, TRUE)"
    return Comparison(
        declared.name,
        f"NOT coalesce({same(first)} AND {same(second)}, FALSE) OR (({somebody}) AND {other_days})",
        (*levels, Level("davantage de semblables", "ELSE")),
    )


def counts(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare by how many counts are equal; fewer authors in the affair than in the procedure marks a disjonction."""
    authors = declared.columns[0]
    equal = [same(column) for column in declared.columns]
    return Comparison(
        declared.name,
        " OR ".join(both(column) for column in declared.columns),
        (
            Level("mêmes effectifs", " AND ".join(equal)),
            Level("auteurs en moins", f"{authors}_l > 1 AND {authors}_r < {authors}_l"),
            Level("un effectif égal", " OR ".join(equal)),
            Level("effectifs différents", "ELSE"),
        ),
    )


def pv_key(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare the PV key whole: exact, one part damaged, or something else. A wrong digit often hits a neighbour.

    A key typed as it stands of a procedure that was not delivered is apart: its procedure is missing, most often.
    """
    service, annee, numero, cle_connue = declared.columns
    text = "string" if dialect == SPARK else "varchar"
    digits = [_digits(f"cast({numero}_{side} as {text})", dialect) for side in ("l", "r")]
    absent = f"NOT {cle_connue}_r"
    same_service, same_annee = same(service), same(annee)
    same_numero = same(numero)
    near_annee = f"abs({annee}_l - {annee}_r) = 1"
    edits = f"levenshtein(cast({numero}_l as {text}), cast({numero}_r as {text}))"
    near_service = f"levenshtein({service}_l, {service}_r) <= 2"
    return Comparison(
        declared.name,
        f"{service}_r IS NULL AND {numero}_r IS NULL",
        (
            Level("clé exacte", f"{same_service} AND {same_annee} AND {same_numero}"),
            Level("année voisine", f"{same_service} AND {near_annee} AND {same_numero}"),
            Level("service proche", f"{same_annee} AND {same_numero} AND {near_service}"),
            Level("autre service", f"{same_annee} AND {same_numero}"),
            Level(
                "chiffres échangés", f"{same_service} AND {same_annee} AND {edits} = 2 AND {digits[0]} = {digits[1]}"
            ),
            Level("un chiffre, procédure absente", f"{same_service} AND {same_annee} AND {edits} <= 1 AND {absent}"),
            Level("un chiffre du numéro", f"{same_service} AND {same_annee} AND {edits} <= 1"),
            Level("deux chiffres du numéro", f"{same_service} AND {same_annee} AND {edits} = 2"),
            Level("autre clé, procédure absente", absent),
            Level("même service et année", f"{same_service} AND {same_annee}"),
            Level("autre clé", "ELSE"),
        ),
        (Similarity(edits, needed=f"{same_service} AND {same_annee}"),),
    )


def _digits(text: str, dialect: str) -> str:
    return f"array_sort(split({text}, ''))" if dialect == SPARK else f"list_sort(string_split({text}, ''))"


def free(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare by whether the procedure is free, or settled by another affair's key; its own tells nothing here."""
    service, annee, numero, settled = declared.columns
    own_key = " AND ".join(same(column) for column in (service, annee, numero))
    return Comparison(
        declared.name, own_key, (Level("procédure libre", f"NOT {settled}_l"), Level("procédure déjà réglée", "ELSE"))
    )


def joined_offences(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare by whether the procedure's offences are among those of the affair that it may be joined to."""
    codes, families = declared.columns
    shared = common(codes, dialect)
    among = f"{shared} >= {size(f'{codes}_l', dialect)}"
    more = f"{size(f'{codes}_r', dialect)} > {size(f'{codes}_l', dialect)}"
    return Comparison(
        declared.name,
        f"{empty(codes, 'l', dialect)} OR {empty(codes, 'r', dialect)}",
        (
            Level("toutes avec des autres", f"{among} AND {more}"),
            Level("les mêmes", among),
            Level("une commune", f"{shared} > 0"),
            Level("une famille commune", overlap(families, dialect)),
            Level("autre famille", "ELSE"),
        ),
        (Similarity(shared),),
    )


def joined_facts(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare the first day of the facts with the affair's period: at its ends, inside, or so many days outside."""
    first, last = declared.columns
    ends = [f"{first}_r", f"coalesce({last}_r, {first}_r)"]
    outside = f"greatest({ends[0]} - {first}_l, {first}_l - {ends[1]})"
    levels = tuple(Level(f"écart ≤ {bound}", f"{outside} <= {bound}") for bound in declared.bounds)
    return Comparison(
        declared.name,
        both(first),
        (
            Level("début ou fin des faits", " OR ".join(f"{first}_l = {end}" for end in ends)),
            Level("entre les faits", f"{outside} <= 0"),
            *levels,
            Level("au-delà", "ELSE"),
        ),
    )


def joined_persons(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare as ``persons``; before that, whether the procedure has people whom the affair's others do not have."""
    *columns, rest = declared.columns
    compared = persons(declared.model_copy(update={"columns": tuple(columns)}), dialect)
    by_code, by_date = (common(column, dialect) for column in columns[:2])
    complete = f"greatest({by_code}, {by_date}) >= least({columns[4]}_l, {columns[4]}_r)"
    brought = common(rest, dialect)
    return Comparison(
        declared.name,
        compared.null,
        (
            Level("apporte plusieurs personnes, au complet", f"{brought} >= 2 AND {complete}"),
            Level("apporte une personne, au complet", f"{brought} = 1 AND {complete}"),
            Level("apporte une personne", f"{brought} >= 1"),
            *compared.levels,
        ),
        (*compared.similarities, Similarity(brought)),
    )


def persons(declared: ComparisonSettings, dialect: str) -> Comparison:
    """Compare persons in the same role, by code or birth date; crossed roles apart; complete if nobody is missing.

    Nobody in the same role, and somebody whatever the role: the roles are crossed. The sets whatever the role hold
    everybody of the sets by role.
    """
    codes, dates, any_codes, any_dates, identified = declared.columns
    by_code, by_date = common(codes, dialect), common(dates, dialect)
    several = f"({by_code} >= 2 OR {by_date} >= 2)"
    complete = f"greatest({by_code}, {by_date}) >= least({identified}_l, {identified}_r)"
    somebody = f"({overlap(any_codes, dialect)} OR {overlap(any_dates, dialect)})"
    return Comparison(
        declared.name,
        f"{identified}_l = 0 OR {identified}_r = 0",
        (
            Level("plusieurs personnes, au complet", f"{several} AND {complete}"),
            Level("plusieurs personnes", several),
            Level("une personne par code, au complet", f"{by_code} = 1 AND {complete}"),
            Level("une personne par naissance, au complet", f"{by_date} = 1 AND {complete}"),
            Level("une personne par code", f"{by_code} = 1"),
            Level("une personne par naissance", f"{by_date} = 1"),
            Level("rôles croisés", somebody),
            Level("aucune personne commune", "ELSE"),
        ),
        # Most candidates are strangers: who is in the same role is counted where somebody is in common at all.
        (Similarity(by_code, needed=somebody), Similarity(by_date, needed=somebody)),
    )


KINDS: dict[str, Callable[[ComparisonSettings, str], Comparison]] = {
    "equality": equality,
    "gap": gap,
    "delay": delay,
    "place": place,
    "offence": offence,
    "rarity": rarity,
    "counts": counts,
    "pv_key": pv_key,
    "persons": persons,
    "free": free,
    "joined_offences": joined_offences,
    "joined_facts": joined_facts,
    "joined_persons": joined_persons,
    "text": fields.text,
    "swapped": fields.swapped,
    "day": fields.day,
    "birthplace": fields.birthplace,
}
