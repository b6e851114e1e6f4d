"""The PV key: the statisticians' cases, and what must hold for any unit, year and number."""

from __future__ import annotations

import csv
import re
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
MANY_BATCHES = settings(BATCHES, max_examples=10)
"""What is long to draw comes in small batches."""
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


# What is done to a number on its way: a spreadsheet's grouping and decimals, blanks of any alphabet, marks of text.
BLANK = st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009", "\u3000", "\t", "\u200b", "\ufeff", "\u2060"])
GROUPING = st.sampled_from(["", " ", "\u00a0", "\u202f", ".", ",", "'", "\u2019", "\u2009", "_"])
MARKS = st.sampled_from(
    ["", "'", '="', '"', "\u2019", "n°", "N\u00b0 ", "PV ", "pv n\u00ba", "(", "#", "-", "+", "no ", "€"]
)
DECIMALS = st.sampled_from(["", ".0", ",0", ".00", ",00", ".000", ",000", ".5", ",25", "E+00", ".0E0"])
ENDS = st.sampled_from(
    ["", "/", "-", " bis", "\u00a0BIS", "A", "-B", "/1", "-01", "\u2013" + "2", '"', "'", " ter", "²", "½", " et suivants", " à 12345"]
)  # fmt: skip
ALPHABETS = st.sampled_from([0, 0, 0, 0xFEE0, 0x0660 - 0x30, 0x0966 - 0x30])


@st.composite
def mangled(draw: st.DrawFn) -> tuple[str, int, str]:
    """Draw a force, a number, and what is left of it once printed and carried through other machines."""
    force, width = draw(st.sampled_from([("PN", 6), ("GN", 5)]))
    number = draw(st.integers(1, 10**width - 1))
    text = f"{number:0{width}}" if draw(st.booleans()) else str(number)
    if draw(st.integers(0, 9)) == 0 and number >= 10:
        mantissa = f"{number:.{draw(st.integers(0, 6))}E}".replace(".", draw(st.sampled_from([".", ","])))
        return force, number, draw(BLANK) + mantissa + draw(BLANK)
    digits = "".join(chr(ord(digit) + draw(st.just(shift))) for shift in [draw(ALPHABETS)] for digit in text)
    groups = [digits[max(end - 3, 0) : end] for end in range(len(digits), 0, -3)][::-1]
    written = draw(GROUPING).join(groups)
    return force, number, draw(BLANK) + draw(MARKS) + draw(BLANK) + written + draw(DECIMALS) + draw(ENDS) + draw(BLANK)


@MANY_BATCHES
@given(st.lists(mangled(), min_size=80, max_size=120))
def test_whatever_is_done_to_a_number_it_is_that_number_or_nothing(
    spark: SparkSession, numbers: list[tuple[str, int, str]]
) -> None:
    units = {"PN": "48A100", "GN": "01204"}
    numbers = [*numbers, ("PN", 386, " 000\u00a0386 ")]
    rows = [(force, units[force], "1999", written, None) for force, _, written in numbers]
    read = read_keys(spark, rows)
    wrong = [
        (force, ascii(written), key[2])
        for (force, number, written), key in zip(numbers, read, strict=True)
        if key[2] not in (number, None)
    ]
    assert wrong == []
    assert read[-1][2] == 386  # not by reading nothing


@MANY_BATCHES
@given(st.lists(mangled(), min_size=80, max_size=120))
def test_whatever_is_done_to_a_number_inside_a_text_it_is_that_number_or_nothing(
    spark: SparkSession, numbers: list[tuple[str, int, str]]
) -> None:
    units = {"PN": "48A100", "GN": "01204"}
    rows = [(force, None, None, None, f"PV {units[force]}/{written}/1999") for force, _, written in numbers]
    read = read_keys(spark, rows)
    wrong = [
        (force, ascii(written), key)
        for (force, number, written), key in zip(numbers, read, strict=True)
        if key[2] not in (number, None) and key[0] in (units[force], None)
    ]
    assert wrong == []


@st.composite
def mangled_unit(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a unit of gendarmerie, and what other machines make of it."""
    unit = draw(gendarmerie)
    text = unit if draw(st.booleans()) else unit.lstrip("0")
    if draw(st.integers(0, 9)) == 0:
        return unit, f"{int(unit):.{draw(st.integers(0, 4))}E}".replace(".", draw(st.sampled_from([".", ","])))
    groups = [text[:-3], text[-3:]] if len(text) > 3 else [text]
    written = draw(GROUPING).join(groups)
    return unit, draw(BLANK) + draw(MARKS) + written + draw(DECIMALS) + draw(
        st.sampled_from(["", '"', "'", "/2", "-1"])
    )


@MANY_BATCHES
@given(st.lists(mangled_unit(), min_size=80, max_size=120))
def test_whatever_is_done_to_a_unit_it_is_no_other_unit(spark: SparkSession, units: list[tuple[str, str]]) -> None:
    read = read_keys(spark, [("GN", written, "1999", "1", None) for _, written in units])
    wrong = [
        (unit, ascii(written), key[0])
        for (unit, written), key in zip(units, read, strict=True)
        if key[0] != unit and re.fullmatch("[0-9]{5}", str(key[0]))
    ]
    assert wrong == []


@MANY_BATCHES
@given(st.lists(st.tuples(years, BLANK, MARKS, GROUPING, DECIMALS, BLANK), min_size=80, max_size=120))
def test_whatever_is_done_to_a_year_it_is_that_year_or_nothing(
    spark: SparkSession, written: list[tuple[int, str, str, str, str, str]]
) -> None:
    forms = [
        f"{before}{mark}{str(year)[0]}{grouping}{str(year)[1:]}{decimals}{after}"
        for year, before, mark, grouping, decimals, after in written
    ]
    read = read_keys(spark, [("PN", "48A100", form, "1", None) for form in forms])
    wrong = [
        (ascii(form), key[1])
        for (year, *_), form, key in zip(written, forms, read, strict=True)
        if key[1] not in (year, None)
    ]
    assert wrong == []
