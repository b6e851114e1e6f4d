"""A plain Splink model, as in a first notebook: what any careful method must beat, measured on the same data."""

from __future__ import annotations

import duckdb
import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from linkage.concepts.sides import PAIR

COLUMNS = (
    "code_service",
    "annee",
    "numero",
    "date_faits",
    "commune_faits",
    "natinf",
    "csns",
    "sexe",
    "date_naissance",
    "commune_residence",
)
"""What both tables hold, as text: the PV key, the facts, the first offence and the first person."""
ID = "unique_id"
PROCEDURES, REFERENCES = "procedures", "references_pv"
U_PAIRS, SEED = 1_000_000, 1
RECALL = 0.8
"""The analyst's guess of how many links the exact key finds, which Splink's prior asks for."""


def plain_splink_f1(
    procedures_pdf: pd.DataFrame, references_pdf: pd.DataFrame, truth_pdf: pd.DataFrame
) -> dict[str, float]:
    """Return precision, recall and F1 of the pairs above the best threshold on truth, and that threshold in bits.

    Reads: one row per procedure (``source``, ``id_procedure`` and ``COLUMNS``); one row per PV of origin, or per affair
    without one (``id_affaire`` and ``COLUMNS``); the truth (``source``, ``id_procedure``, ``id_affaire``).
    Method: Splink's own tutorial: u by sampling, m by EM under three blocking rules, ten comparisons, eight rules.
    """
    with duckdb.connect(config={"threads": 2}) as connection:
        api = DuckDBAPI(connection=connection)
        tables = [
            api.register(_prepared(table, key), dataset_display_name=name)
            for table, key, name in (
                (procedures_pdf, "id_procedure", PROCEDURES),
                (references_pdf, "id_affaire", REFERENCES),
            )
        ]
        linker = Linker(tables, _settings(), log_level=None)
        exact_key = block_on("code_service", "annee", "numero")
        training = linker.training
        training.estimate_probability_two_random_records_match([exact_key], recall=RECALL)
        training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=SEED)
        for rule in (exact_key, block_on("csns"), block_on("date_faits", "commune_faits")):
            training.estimate_parameters_using_expectation_maximisation(rule)
        predicted = linker.inference.predict(threshold_match_weight=-10)
        scored = predicted.as_pandas_dataframe()  # type: ignore[no-untyped-call]
    pairs = pd.DataFrame(
        {
            "source": scored[f"{ID}_l"].str.partition("/")[0],
            "id_procedure": scored[f"{ID}_l"].str.partition("/")[2],
            "id_affaire": scored[f"{ID}_r"].str.partition("#")[0],
            "match_weight": scored["match_weight"],
        }
    )
    return best_threshold(pairs, truth_pdf)


def best_threshold(pairs: pd.DataFrame, truth: pd.DataFrame) -> dict[str, float]:
    """Return the threshold on ``match_weight`` with the best F1, a pair counting once with its best weight."""
    best = pairs.groupby(PAIR, as_index=False)["match_weight"].max()
    links = truth[PAIR].drop_duplicates()
    judged = best.merge(links, on=PAIR, how="left", indicator="known")
    by_weight = (
        judged.assign(right=judged["known"] == "both")
        .groupby("match_weight")["right"]
        .agg(["sum", "size"])
        .sort_index(ascending=False)
        .cumsum()
    )
    precision = by_weight["sum"] / by_weight["size"]
    recall = by_weight["sum"] / len(links)
    f1 = 2 * by_weight["sum"] / (by_weight["size"] + len(links))
    at = f1.idxmax()
    return {
        "precision": float(precision[at]),
        "recall": float(recall[at]),
        "f1": float(f1[at]),
        "threshold": float(at),
    }


def _prepared(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return text columns, numbers without their leading zeros, and an identifier of the row."""
    prepared = table[list(COLUMNS)].astype("string").apply(lambda column: column.str.strip().replace("", pd.NA))
    prepared["numero"] = prepared["numero"].str.lstrip("0")
    ids = table[key].astype("string")
    row = table.groupby(key).cumcount().astype("string")
    prepared[ID] = table["source"].astype("string") + "/" + ids if key == "id_procedure" else ids + "#" + row
    return prepared


def _settings() -> SettingsCreator:
    facts = cl.CustomComparison(
        output_column_name="date_faits",
        comparison_levels=[
            cll.NullLevel("date_faits"),
            cll.ExactMatchLevel("date_faits"),
            *(
                cll.AbsoluteDateDifferenceLevel("date_faits", input_is_string=True, threshold=days, metric="day")
                for days in (3, 31)
            ),
            cll.ElseLevel(),
        ],
    )
    birth = cl.CustomComparison(
        output_column_name="date_naissance",
        comparison_levels=[
            cll.NullLevel("date_naissance"),
            cll.ExactMatchLevel("date_naissance"),
            cll.DamerauLevenshteinLevel("date_naissance", distance_threshold=1),
            cll.AbsoluteDateDifferenceLevel("date_naissance", input_is_string=True, threshold=1, metric="year"),
            cll.ElseLevel(),
        ],
    )
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name=ID,
        comparisons=[
            cl.LevenshteinAtThresholds("code_service", 1),
            cl.ExactMatch("annee"),
            cl.DamerauLevenshteinAtThresholds("numero", 1),
            facts,
            cl.ExactMatch("commune_faits").configure(term_frequency_adjustments=True),
            cl.ExactMatch("natinf").configure(term_frequency_adjustments=True),
            cl.ExactMatch("csns"),
            cl.ExactMatch("sexe"),
            birth,
            cl.ExactMatch("commune_residence"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("code_service", "annee", "numero"),
            block_on("code_service", "numero"),
            block_on("annee", "numero"),
            block_on("csns"),
            block_on("date_naissance", "sexe"),
            block_on("code_service", "date_faits"),
            block_on("commune_faits", "date_faits"),
            block_on("commune_residence", "natinf", "date_faits"),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
