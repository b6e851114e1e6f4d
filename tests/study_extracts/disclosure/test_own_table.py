"""A table that no study declares goes through the same door: perturbed, hidden, attacked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure import own_table
from linkage.study_extracts.disclosure.own_table import protect_table

RULES = DisclosureSettings(threshold=10, blur=1, base=5, certainty=0.75, median_base=5, rounds=60, why="tests")
SEED = b"0123456789abcdef"


def protected(rows: Sequence[tuple[int, ...]], *parts: str, seed: bytes = SEED) -> list[tuple[int | None, ...]]:
    """Each row's total, then its parts; None where hidden."""
    table = pd.DataFrame(rows, columns=["n", *parts]).assign(name=[f"row {number}" for number in range(len(rows))])
    shown = protect_table(table, RULES, total="n", parts=parts, seed=seed)[["n", *parts]]
    return [tuple(None if pd.isna(value) else int(value) for value in row) for row in shown.itertuples(index=False)]


def test_nine_is_hidden_and_ten_is_shown() -> None:
    assert protected([(9,), (10,), (0,)]) == [(None,), (10,), (None,)]


@pytest.mark.parametrize(
    ("part", "is_shown"),
    [(10, True), (9, False), (30, True), (0, False)],
    ids=["ten", "nine", "a rest of ten", "nobody"],
)
def test_a_part_is_hidden_when_it_is_small(part: int, is_shown: bool) -> None:
    first, _ = protected([(40, part), (200, 100)], "a")
    assert first == (40, part if is_shown else None)


def test_parts_that_make_every_total_leave_no_rest_that_would_hide_them() -> None:
    assert None not in protected([(120, 80, 40), (120, 60, 60)], "a", "b")[0]


def test_the_same_count_of_the_same_thing_is_rounded_alike_and_another_secret_rounds_otherwise() -> None:
    rows = [(101 + 10 * number,) for number in range(40)]
    assert protected(rows) == protected(rows)
    assert protected(rows) != protected(rows, seed=b"another secret")


def keyed(labels: Sequence[str], parts: Sequence[int], *, seed: int = 0) -> pd.DataFrame:
    """A row per label of the same 100 persons, of whom so many are in each part, with their keys joined."""
    draws = np.random.default_rng(seed)
    keys = draws.integers(0, 2**60, 100)
    table = pd.DataFrame({"name": labels, "n": 100, "cle_n": np.bitwise_xor.reduce(keys)})
    for number, nb in enumerate(parts):
        table[f"part {number}"], table[f"cle_part {number}"] = nb, np.bitwise_xor.reduce(keys[:nb])
        keys = keys[nb:]
    return table


def test_the_same_persons_have_the_same_noise_under_any_label() -> None:
    labels = [f"label {number}" for number in range(20)]
    shown = protect_table(keyed(labels, [33]), RULES, total="n", parts=["part 0"], seed=SEED)
    assert list(shown.columns) == ["name", "n", "part 0"]
    assert shown["part 0"].nunique() == 1
    others = {int(protect_table(keyed(["x"], [33], seed=one), RULES, total="n", parts=["part 0"], seed=SEED)["part 0"][0]) for one in range(20)}  # fmt: skip
    assert others == {30, 35}


def test_without_the_keys_of_persons_two_labels_have_two_noises() -> None:
    table = keyed([f"label {number}" for number in range(20)], [33])[["name", "part 0"]]
    assert protect_table(table, RULES, total="part 0", seed=SEED)["part 0"].nunique() == 2


def test_the_rest_of_a_row_is_those_of_no_part_and_has_their_key() -> None:
    """Nobody in the parts: the rest is the whole, and is perturbed as the whole is."""
    table = keyed(["x"], [40, 20])
    keys = own_table._keys(table, {"Total": "n", "a": "part 0", "b": "part 1"}, ["x"])
    assert keys[own_table.REST][0] == table["cle_n"][0] ^ table["cle_part 0"][0] ^ table["cle_part 1"][0]


@pytest.mark.parametrize("change", [{"cle_n": [0.5]}, {"cle_part 0": None}], ids=["no whole number", "a key missing"])
def test_a_count_without_its_key_beside_one_that_has_it_is_refused(change: dict[str, Any]) -> None:
    table = keyed(["x"], [40]).drop(columns=[name for name, to in change.items() if to is None])
    table = table.assign(**{name: to for name, to in change.items() if to is not None})
    with pytest.raises(ValueError, match="a key beside each count or beside none"):
        protect_table(table, RULES, total="n", parts=["part 0"], seed=SEED)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=3))
def test_what_is_shown_is_a_multiple_of_the_base_nearby(parts: list[tuple[int, int, int]]) -> None:
    rows = [(sum(row), *row[:2]) for row in parts]
    for exact, shown in zip(rows, protected(rows, "a", "b"), strict=True):
        for nb, value in zip(exact, shown, strict=True):
            assert value is None or (nb >= RULES.threshold and value % RULES.base == 0 and abs(value - nb) < RULES.base)


def test_a_column_that_is_no_count_is_returned_as_it_was_and_an_empty_table_is_empty() -> None:
    table = pd.DataFrame({"name": ["x", "y"], "n": [120, 3]})
    shown = protect_table(table, RULES, total="n", seed=SEED)
    assert shown["name"].tolist() == ["x", "y"]
    assert list(shown.columns) == ["name", "n"]
    assert protect_table(table.iloc[:0], RULES, total="n", seed=SEED).empty


def test_rows_of_one_name_and_parts_beyond_the_total_are_refused() -> None:
    with pytest.raises(ValueError, match="rows must differ by name"):
        protect_table(pd.DataFrame({"name": ["x", "x"], "n": [20, 30]}), RULES, total="n", seed=SEED)
    with pytest.raises(ValueError, match="exceed it in 1 rows"):
        protect_table(
            pd.DataFrame({"name": ["x", "y"], "n": [20, 30], "a": [21, 30]}), RULES, total="n", parts=["a"], seed=SEED
        )
