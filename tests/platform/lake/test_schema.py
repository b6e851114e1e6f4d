"""A declaration is the contract: what a frame lacks is named, and what a row may not hold is not written."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from linkage.platform.errors import ContractError
from linkage.platform.lake.schema import Column, Table
from linkage.platform.lake.store import Store


class Thing(Table):
    """One row per thing."""

    path = "things/small"
    key = ("id",)
    id = Column("string", "thing")
    colour = Column("string", "its colour", nulls="unknown", values=("red", "blue"))
    size = Column("string", "its size", values=("small", "large"))


class Part(Thing):
    """One row per thing, and what it belongs to."""

    path = "parts"
    derived_from = "things/small"
    owner = Column("int", "its owner", nulls="nobody")
    weight = Column("double", "its weight", source="scales", nulls="not weighed")


SCHEMA = "id string, colour string, size string"


def test_a_table_is_made_by_the_job_that_its_path_begins_with_unless_it_names_another() -> None:
    class Other(Thing):
        """One row per other thing."""

        path = "others"
        job = "things"

    assert (Thing.job, Part.job, Other.job) == ("things", "parts", "things")


def test_columns_are_inherited_in_order_under_the_names_of_their_attributes() -> None:
    assert Part.names() == ["id", "colour", "size", "owner", "weight"]
    assert all(type(name) is str for name in Part.names())


def test_a_column_comes_from_what_its_table_is_derived_from_unless_it_says_otherwise() -> None:
    assert [column.source for column in Part.columns] == ["", "", "", "things/small", "scales"]


def test_conform_selects_and_casts_the_declared_columns(spark: SparkSession) -> None:
    frame = spark.createDataFrame(
        [(1, "3", "small", "red", 7)], "weight int, owner string, size string, colour string, id int"
    )
    assert Part.conform(frame).collect() == [("7", "red", "small", 3, 1.0)]


def test_every_missing_column_is_named_with_its_table(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("a", "red")], "id string, coulour string")
    with pytest.raises(
        ContractError, match=r"^things/small: columns colour, size expected, not found; found: id, coulour\.$"
    ):
        Thing.conform(frame)


def test_every_column_without_a_cast_to_its_type_is_named_with_its_table(spark: SparkSession) -> None:
    frame = spark.createDataFrame(
        [("a", None, "small", [1], [1.0])], f"{SCHEMA}, owner array<int>, weight array<double>"
    )
    with pytest.raises(ContractError) as refused:
        Part.conform(frame)
    assert refused.value.problems == [
        "parts.owner: type array<int> found, int expected.",
        "parts.weight: type array<double> found, double expected.",
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ((None, "red", "small"), "things/small.id: a null found, a value expected."),
        (("a", "red", None), "things/small.size: a null found, a value expected."),
        (("a", "DUPONT", "small"), "things/small.colour: another code found, red, blue expected."),
        (("a", None, "DUPONT"), "things/small.size: another code found, small, large expected."),
    ],
)
def test_a_row_that_breaks_the_contract_is_not_written_and_not_quoted(
    row: tuple[str | None, ...], problem: str, spark: SparkSession, lake: str
) -> None:
    store = Store(spark, lake)
    store.write(spark.createDataFrame([("a", "red", "small")], SCHEMA), Thing)
    with pytest.raises(ContractError) as refused:
        store.write(spark.createDataFrame([("b", "blue", "large"), row], SCHEMA), Thing)
    assert str(refused.value) == problem
    assert store.version(Thing) == 0


COLOURS, SIZES = st.sampled_from([None, "red", "blue", "green"]), st.sampled_from([None, "small", "large", "huge"])
ROWS = st.lists(st.tuples(st.sampled_from([None, "a", "b"]), COLOURS, SIZES), max_size=3)


def _allowed(row: tuple[str | None, ...]) -> bool:
    id, colour, size = row
    return id is not None and colour in (None, "red", "blue") and size in ("small", "large")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_rows_are_written_as_they_are_exactly_when_each_keeps_the_contract(
    rows: list[tuple[str | None, ...]], spark: SparkSession, lake: str
) -> None:
    store, frame = Store(spark, lake), spark.createDataFrame(rows, SCHEMA).coalesce(1)
    if all(map(_allowed, rows)):
        assert store.write(frame, Thing) == len(rows)
        assert sorted(store.read(Thing).collect(), key=str) == sorted(rows, key=str)
    else:
        with pytest.raises(ContractError, match="things/small"):
            store.write(frame, Thing)


def test_an_error_that_is_no_broken_contract_stays_what_it_is(spark: SparkSession, lake: str) -> None:
    frame = spark.range(1).selectExpr("raise_error('other') AS id", "'red' AS colour", "'small' AS size")
    with pytest.raises(Exception, match="other") as raised:
        Store(spark, lake).write(frame, Thing)
    assert not isinstance(raised.value, ContractError)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=st.lists(st.sampled_from("abc"), max_size=4))
def test_rows_of_the_driver_are_taken_exactly_when_their_keys_differ(
    ids: list[str], spark: SparkSession, lake: str
) -> None:
    import pandas as pd

    rows = pd.DataFrame([(id, None, "small") for id in ids], columns=Thing.names())
    repeated = len(ids) - len(set(ids))
    if repeated:
        with pytest.raises(
            ContractError, match=rf"^things/small: {repeated} rows repeat a key \(id\), none expected\.$"
        ):
            Store(spark, lake).from_pandas(rows, Thing)
    else:
        assert Store(spark, lake).from_pandas(rows, Thing).count() == len(ids)
