"""What is set aside and counted, by the cases that a statistician can edit; the job goes on."""

from __future__ import annotations

from pathlib import Path

from chispa import assert_df_equality
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.governance.keys import REJECTS, derive
from linkage.governance.pseudonyms import Pseudonyms, pseudonym
from linkage.platform import config
from linkage.platform.lake.store import Store
from linkage.sources.declaration import Declaration
from linkage.sources.reading import MALFORMED
from linkage.sources.rules import CONFLICT, DATES, MOST_DATES, NO_PARENT, type_rows
from linkage.tables.sources import Reject, delivered_columns, source_table
from tests.sources.delivered import INFRACTIONS, PERSONNES, PROCEDURES, deliver, receive, settings

CASES = Path(__file__).parent.parent / "cases"


def lines(name: str) -> list[str]:
    return [line for line in (CASES / name).read_text().splitlines() if not line.startswith("#")]


def test_each_row_is_kept_or_set_aside_under_the_rule_it_breaks(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    files: dict[str, list[str]] = {
        file: [";".join(delivered_columns("lrpgn", file))] for file in ("procedures", "personnes")
    }
    expected = []
    for case in lines("rejects.csv"):
        file, rule, line = case.split("|", 2)
        files[file].append(line)
        if rule:
            expected.append((f"{file}.csv", len(files[file]), rule))
    infractions = [{**row, "id_procedure": "P1"} for row in INFRACTIONS[:2]]
    content = {f"{file}.csv": ("\n".join(rows) + "\n").encode() for file, rows in files.items()}
    deliver(tmp_path / "in" / "lrpgn_2021", rows={"infractions": infractions}, files=content)

    key = tmp_path / "key"
    key.write_text("9f2c44d1a7e35b80c6f1d2e3940a5b6c", encoding="ascii")
    key.chmod(0o600)
    made = Pseudonyms.derived(str(key), REJECTS)
    report, _ = receive(
        spark, lake, tmp_path / "in", max_rejected_share=1.0, fingerprint=lambda line: made.of("ligne", line)
    )

    store = Store(spark, lake)
    found = store.read(Reject)
    schema = "file string, row bigint, rule string"
    assert_df_equality(
        found.select("file", "row", "rule"),
        spark.createDataFrame(expected, schema),
        ignore_row_order=True,
        ignore_metadata=True,  # what each column means
    )
    assert found.filter("delivery = 'lrpgn_2021_2024-03-31'").count() == len(expected)
    # Under the key, and not a hash that anyone can make of the lines that there may be.
    own = derive(key.read_bytes(), REJECTS)
    assert {(row.file, row.row, row.fingerprint) for row in found.collect()} == {
        (name, row, pseudonym(own, "ligne", files[name.removesuffix(".csv")][row - 1])) for name, row, _ in expected
    }
    counts = {line.file: line.counts for line in report}
    for file, rows in files.items():
        kept = store.read(source_table("lrpgn", file)).count()
        aside = sum(name == f"{file}.csv" for name, _, _ in expected)
        assert (counts[file].read, counts[file].kept, counts[file].nb_rejected) == (len(rows) - 1, kept, aside)
        assert kept + aside == len(rows) - 1


def test_a_procedure_delivered_in_two_vintages_is_set_aside_in_both(
    spark: SparkSession, lake: str, tmp_path: Path
) -> None:
    again = {**PROCEDURES[0], "date_enregistrement": "2020-12-30"}
    deliver(tmp_path / "in" / "lrpgn_2021")
    deliver(
        tmp_path / "in" / "lrpgn_2020",
        millesime=2020,
        rows={"procedures": [again], "infractions": INFRACTIONS[:1], "personnes": PERSONNES[:1]},
    )

    report, _ = receive(spark, lake, tmp_path / "in", max_rejected_share=1.0)

    found = Store(spark, lake).read(source_table("lrpgn", "procedures"))
    assert {row["id_procedure"] for row in found.select("id_procedure").collect()} == {"G2", "G3"}
    rules = {(line.delivery, line.file): line.counts.rejected for line in report}
    for vintage, children in ((2020, 1), (2021, 2)):
        delivery = f"lrpgn_{vintage}_2024-03-31"
        assert rules[delivery, "procedures"] == {CONFLICT: 1}
        assert rules[delivery, "personnes"] == {NO_PARENT: children}


def test_an_impossible_or_future_date_is_blanked_and_counted(spark: SparkSession) -> None:
    declaration = config.settings("sources/lrpgn.toml", Declaration)
    layout = declaration.layout("personnes")
    cases = [line.split(";") for line in lines("dates.csv")[1:]]
    drawn = spark.createDataFrame(
        [(delivered or None, kept or None, int(count)) for delivered, kept, count in cases],
        "date_naissance string, kept string, count int",
    )
    text = drawn.select(
        *(
            F.lit({"id_procedure": "G1", "rang": "1"}.get(column)).cast("string").alias(column)
            for column in layout.columns
            if column != "date_naissance"
        ),
        "date_naissance",
        F.to_date("kept").alias("kept"),
        "count",
        F.lit(False).alias(MALFORMED),
        F.lit(2021).alias("millesime"),
        F.to_date(F.lit("2024-03-31")).alias("date_extraction"),
    )
    rows = type_rows(text, layout=layout, dialect=declaration.dialect, settings=settings())
    effacees = F.shiftright(DATES, MOST_DATES).alias("effacees")
    found = rows.select("date_naissance", effacees, F.col("_rule").alias("rule"))
    wanted = rows.select(
        F.col("kept").alias("date_naissance"),
        F.col("count").alias("effacees"),
        F.lit(None).cast("string").alias("rule"),
    )
    assert_df_equality(found, wanted, ignore_nullable=True)


def test_without_extraction_date_only_far_future_dates_are_blanked(
    spark: SparkSession, lake: str, tmp_path: Path
) -> None:
    rows = [
        {"id_procedure": "G1", "date_enregistrement": "2021-01-01", "date_transmission": "2026-12-31"},
        {"id_procedure": "G2", "date_enregistrement": "2021-01-01", "date_transmission": "2027-01-01"},
    ]
    people = [{"id_procedure": "G1", "rang": "1", "role": "victime"}]
    deliver(
        tmp_path / "in" / "lrpgn_2021",
        rows={"procedures": rows, "infractions": [], "personnes": people},
        manifest=False,
    )
    report, said = receive(spark, lake, tmp_path / "in", max_blanked_share=1.0)
    assert any("no manifest.json; extraction date unknown" in text for text in said)
    assert {line.file: line.counts.effacees for line in report} == {"procedures": 1, "infractions": 0, "personnes": 0}
    kept = Store(spark, lake).read(source_table("lrpgn", "procedures"))
    assert [str(row[0]) for row in kept.orderBy("id_procedure").select("date_transmission").collect()] == [
        "2026-12-31",
        "None",
    ]
