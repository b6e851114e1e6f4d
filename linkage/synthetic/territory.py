"""The ground of the fictitious country: départements at full density, their units, courts and places.

Drawn on the driver, since even the whole of France has a few thousand units: small frames to broadcast.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from pyspark.sql import DataFrame, SparkSession

from linkage.settings.synthetic import Territory

Row = dict[str, str]

PLACES = 40
"""Slots in which a unit's communes are spread, in proportion to their population."""
SUPERIORS = 700
"""Numbers from which a unit's superiors take their codes."""
SLOTS = 64
"""Slots per unit of the wheel on which the place of a case is drawn."""
ARRONDISSEMENTS = {"75056": (75101, 20), "69123": (69381, 9), "13055": (13201, 16)}
UNITS = """unite int, type_service string, code_service string, code_reemis string, code_superieur string,
    code_tj string, volume double, soeurs array<int>, codes_soeurs array<string>, autres_tj array<string>,
    communes array<string>, communes_departement array<string>"""
WHEEL = "case_roue int, bassin int, volume_bassin double, code_tj string, soeurs array<int>"


@dataclass(frozen=True)
class Ground:
    """Units (one row per unit), the wheel (one row per slot) and the communes of birth of people from elsewhere."""

    units: DataFrame
    wheel: DataFrame
    slots: int
    birthplaces: list[str]


def _fraction(seed: int, *about: object) -> float:
    digest = hashlib.sha256("/".join(map(str, (seed, *about))).encode()).digest()
    return (int.from_bytes(digest[:7], "big") + 0.5) / 2**56


def _repeat_by_weight(weighted: Sequence[tuple[str, float]], slots: int) -> list[str]:
    """Repeat each value as many times as its weight deserves, by systematic sampling."""
    total, reached = sum(weight for _, weight in weighted), 0.0
    spread: list[str] = []
    for value, weight in weighted:
        reached += weight
        spread += [value] * (round(slots * reached / total) - len(spread))
    return spread


def lay_ground(
    spark: SparkSession,
    settings: Territory,
    communes: Sequence[Row],
    tribunaux: Sequence[Row],
    *,
    procedures_a_year: float,
    seed: int,
    least: int = 1,
) -> Ground:
    """Return as many départements as that many procedures a year need, whole but for the last one.

    ``least``: so many at least, the procedures of a smaller number being spread over them.
    """
    courts: dict[str, list[str]] = {}
    for court in tribunaux:
        courts.setdefault(court["code_departement"], []).append(court["code_tj"])
    places = _choose_places(communes, set(courts), procedures_a_year / settings.procedures_par_habitant, seed, least)
    weights = {d: sum(_weight(settings, population) for _, population in places[d]) for d in places}
    units: list[dict[str, object]] = []
    for departement in sorted(places):
        rank = sorted(courts).index(departement)
        volume = procedures_a_year * weights[departement] / sum(weights.values())
        elsewhere = [code for other in sorted(courts) if other != departement for code in courts[other]]
        units += _units(
            settings, departement, rank, places[departement], volume, courts[departement], elsewhere, seed, len(units)
        )
    wheel = _repeat_by_weight([(str(unit["unite"]), float(str(unit["volume"]))) for unit in units], SLOTS * len(units))
    columns = [field.split()[0] for field in UNITS.split(",")]
    every = {unit["unite"]: unit for unit in units}
    slots = [
        (slot, int(unit), every[int(unit)]["volume"], every[int(unit)]["code_tj"], every[int(unit)]["soeurs"])
        for slot, unit in enumerate(wheel)
    ]
    return Ground(
        units=spark.createDataFrame([tuple(unit[c] for c in columns) for unit in units], UNITS),
        wheel=spark.createDataFrame(slots, WHEEL),
        slots=len(wheel),
        birthplaces=_repeat_by_weight(
            sorted(
                (row["code_commune"], float(row["population"] or 0))
                for row in communes
                if float(row["population"] or 0) > 20000
            ),
            250,
        ),
    )


def _choose_places(
    communes: Sequence[Row], departements: set[str], inhabitants: float, seed: int, least: int
) -> dict[str, list[tuple[str, float]]]:
    everywhere: dict[str, list[tuple[str, float]]] = {}
    for row in communes:
        if row["code_departement"] in departements and float(row["population"] or 0) > 0:
            code, population = row["code_commune"], float(row["population"])
            first, number = ARRONDISSEMENTS.get(code, (0, 1))
            codes = [str(first + k) for k in range(number)] if first else [code]
            everywhere.setdefault(row["code_departement"], []).extend((c, population / number) for c in codes)
    size = {d: sum(population for _, population in places) for d, places in everywhere.items()}
    small_enough = [d for d in size if size[d] <= max(2 * inhabitants, sorted(size.values())[min(12, len(size) - 1)])]
    chosen: dict[str, list[tuple[str, float]]] = {}
    missing = inhabitants
    for departement in sorted(small_enough, key=lambda d: (_fraction(seed, "departement", d), d)):
        if missing <= 0:
            break
        places_kept: list[tuple[str, float]] = []
        population, room = 0.0, min(missing, inhabitants / least)
        town = max(everywhere[departement], key=lambda place: (place[1], place[0]))
        for place in [town, *sorted(place for place in everywhere[departement] if place != town)]:
            if population < room or len(places_kept) < 5:
                places_kept.append(place)
                population += place[1]
        chosen[departement] = sorted(places_kept)
        missing -= population
    return chosen


def _weight(settings: Territory, population: float) -> float:
    police = population >= settings.population_zone_police
    return population * (settings.taux_zone_police if police else settings.taux_zone_gendarmerie)


def _units(
    settings: Territory,
    departement: str,
    rank: int,
    places: Sequence[tuple[str, float]],
    volume: float,
    courts: Sequence[str],
    elsewhere: Sequence[str],
    seed: int,
    first: int,
) -> list[dict[str, object]]:
    zones = {
        "PN": [place for place in places if place[1] >= settings.population_zone_police],
        "GN": [place for place in places if place[1] < settings.population_zone_police],
    }
    usual = {"PN": settings.procedures_par_service_police, "GN": settings.procedures_par_unite_gendarmerie}
    total = sum(_weight(settings, population) for _, population in places)
    units: list[dict[str, object]] = []
    for force, zone in zones.items():
        if not zone:
            continue
        zone_volume = volume * sum(_weight(settings, population) for _, population in zone) / total
        number = max(1, round(zone_volume / usual[force]))
        sizes = [
            math.exp(settings.dispersion_unites * NormalDist().inv_cdf(_fraction(seed, "unite", departement, force, n)))
            for n in range(number)
        ]
        for n, size in enumerate(sizes):
            units_of_place = zone[n::number] or [zone[n % len(zone)]]
            code = _code(rank, departement, force, n)
            reissued = force == "PN" and _fraction(seed, "reemis", code) < settings.part_code_reemis
            units.append(
                {
                    "unite": first + len(units),
                    "type_service": force,
                    "code_service": code,
                    "code_reemis": _code(rank, departement, force, n + 400) if reissued else None,
                    "code_superieur": _code(rank, departement, force, SUPERIORS + n // 6),
                    "code_tj": courts[n * len(courts) // number],
                    "volume": zone_volume * size / sum(sizes),
                    "communes": _repeat_by_weight(sorted(units_of_place), PLACES),
                    "communes_departement": _repeat_by_weight(sorted(places), PLACES),
                    "autres_tj": list(courts[:3]) + [elsewhere[k * len(elsewhere) // 5] for k in range(5)],
                }
            )
    for unit in units:
        sisters = [other for other in units if other["type_service"] == unit["type_service"] and other is not unit]
        near = sorted(sisters, key=lambda other: abs(int(str(other["unite"])) - int(str(unit["unite"]))))[:6]
        unit["soeurs"] = [other["unite"] for other in near]
        unit["codes_soeurs"] = [other["code_service"] for other in near]
    return units


def _code(rank: int, departement: str, force: str, number: int) -> str:
    """Return five digits for the gendarmerie, a third with a leading zero; letters and digits for the police.

    ``rank`` is the département's own: it takes one residue modulo 110, so that no two units share a code.
    """
    if force == "PN":
        return f"{departement}{chr(65 + number % 26)}{100 + number:03d}"
    order = number // 3 % 90 if number % 3 == 0 else 90 + number * 397 % 810
    return f"{rank + 110 * order:05d}"
