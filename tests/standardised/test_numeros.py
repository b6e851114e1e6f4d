"""The PV key: the statisticians' cases, and what must hold for any unit, year and number."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from chispa import assert_df_equality
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from linkage.standardised.numeros import add_key

CASES = Path(__file__).parent.parent / "cases" / "numeros.csv"
DELIVERED = ("force", "code_service_livre", "annee_livree", "numero_livre", "reference_pv_livree")
SCHEMA = ", ".join(f"{name} string" for name in DELIVERED)
READ = ("code_service", "annee", "numero", "repairs")

# An example is a batch of keys read in one go; a batch that fails is shown as it is, for each try costs a Spark job.
BATCHES = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
police = st.from_regex(r"[0-9]{2}[A-Z][0-9]{3}", fullmatch=True)
gendarmerie = st.from_regex(r"[0-9]{5}", fullmatch=True).filter(lambda code: code != "00000")
years = st.integers(1950, 2049)


def keys(spark: SparkSession, rows: Sequence[tuple[str | None, ...]]) -> DataFrame:
    return add_key(spark.createDataFrame(rows, SCHEMA), two_digit_year_pivot=50)


def read_keys(spark: SparkSession, rows: Sequence[tuple[str | None, ...]]) -> list[tuple[object, ...]]:
    places = [(*row, str(place)) for place, row in enumerate(rows)]
    frame = spark.createDataFrame(places, SCHEMA + ", place string")
    read = add_key(frame, two_digit_year_pivot=50).orderBy(F.col("place").cast("int"))
    return [tuple(row[name] for name in READ[:3]) for row in read.collect()]


def test_every_case_of_the_statisticians_is_read_as_they_say(spark: SparkSession) -> None:
    with CASES.open(encoding="utf-8") as file:
        cases = list(csv.DictReader(file, delimiter=";"))
    delivered = [
        tuple(case[name] or None for name in ("force", "code_service", "annee", "numero", "reference_pv"))
        for case in cases
    ]
    columns = DELIVERED[1:] + READ
    expected = [
        (
            *row[1:],
            case["code_service_lu"] or None,
            int(case["annee_lue"]) if case["annee_lue"] else None,
            int(case["numero_lu"]) if case["numero_lu"] else None,
            case["reparations"].split(),
        )
        for case, row in zip(cases, delivered, strict=True)
    ]
    schema = ", ".join(f"{name} string" for name in DELIVERED[1:])
    schema += ", code_service string, annee int, numero int, repairs array<string>"
    assert_df_equality(
        keys(spark, delivered).select(*columns),
        spark.createDataFrame(expected, schema),
        ignore_row_order=True,
        ignore_nullable=True,
    )


def test_a_police_code_tells_the_force_where_nothing_else_does(spark: SparkSession) -> None:
    rows = [(None, "48A100", "2018", "000788", None), (None, "01234", "2018", "00788", None)]
    forces = {(row["code_service_livre"], row["force"]) for row in keys(spark, rows).collect()}
    assert forces == {("48A100", "PN"), ("01234", None)}


@BATCHES
@given(st.lists(st.tuples(police, years, st.integers(1, 999_999)), min_size=200, max_size=300))
def test_a_police_key_is_read_back_from_every_way_of_writing_it(
    spark: SparkSession, written: list[tuple[str, int, int]]
) -> None:
    rows, expected = [], []
    for unit, year, number in written:
        padded = f"{number:06}"
        forms = [
            ("PN", unit, str(year), padded, None),
            ("PN", unit.lower(), str(year)[2:], str(number), None),
            ("PN", unit, str(year), padded + "/", None),
            ("PN", unit, None, f"{year}/{padded}", None),
            ("PN", None, None, None, f"{unit}-{year}-{padded}"),
            ("PN", None, None, None, f"{year}/{padded} {unit}"),
            ("PN", None, None, None, f"PV n° {padded} de {year} unite {unit}"),
        ]
        rows += forms
        expected += [(unit, year, number)] * len(forms)
    assert read_keys(spark, rows) == expected


@BATCHES
@given(st.lists(st.tuples(gendarmerie, years, st.integers(1, 99_999)), min_size=200, max_size=300))
def test_a_gendarmerie_key_is_read_back_from_every_way_of_writing_it(
    spark: SparkSession, written: list[tuple[str, int, int]]
) -> None:
    rows, expected = [], []
    for unit, year, number in written:
        padded = f"{number:05}"
        forms = [
            ("GN", unit, str(year), padded, None),
            ("GN", unit.lstrip("0"), str(year)[2:], str(number), None),
            ("GN", unit, str(year), padded + " BIS", None),
            ("GN", None, None, None, f"PV {unit}/{padded}/{year}"),
            ("GN", None, None, None, f"{unit}-{year}-{padded}"),
            ("GN", None, None, None, f"{year}/{padded} {unit}"),
            ("GN", None, None, None, f"GN {unit} {padded}/{year}"),
        ]
        rows += forms
        expected += [(unit, year, number)] * len(forms)
    assert read_keys(spark, rows) == expected


@BATCHES
@given(st.lists(st.tuples(*[st.none() | st.text(max_size=20)] * 4), min_size=100, max_size=200))
def test_nothing_that_is_typed_stops_the_reading(spark: SparkSession, typed: list[tuple[str | None, ...]]) -> None:
    rows = [(("PN", "GN", None)[place % 3], *row) for place, row in enumerate(typed)]
    assert len(read_keys(spark, rows)) == len(rows)
