"""The model as a value: m and u of each level, readable and reviewable, bound to the comparisons it was made for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.concepts.sides import NO_INFORMATION
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import SPARK, Comparison
from linkage.settings.scored_pairs import ComparisonSettings
from linkage.tables.standardised import Record

# Splink puts the left record of a link_only pair first by the name of its table, in alphabetical order.
LEFT, RIGHT = "procedure_records", "reference_records"
DIGITS = 10


@dataclass(frozen=True)
class Model:
    """Estimated parameters: for each comparison, m and u per level, and the share of matches among candidates."""

    prior: float
    parameters: Mapping[str, Sequence[tuple[float, float]]]
    estimated_on: Mapping[str, Any]

    def content(self, declared: Sequence[ComparisonSettings]) -> dict[str, Any]:
        """Return what a file holds of the model: m and u per level under its label, and what it was made for."""
        return {
            "probability_two_random_records_match": self.prior,
            "comparisons": [
                {
                    "name": comparison.name,
                    "levels": [
                        {"label": level.label, "m": m, "u": u}
                        for level, (m, u) in zip(comparison.levels, self.parameters[comparison.name], strict=True)
                    ],
                }
                for comparison in comparisons(declared, SPARK)
            ],
            "conditions_sha256": conditions_hash(declared),
            "estimated_on": dict(self.estimated_on),
        }

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Model:
        """Return the model that ``content`` holds; KeyError or TypeError when it holds none."""
        parameters = {
            entry["name"]: [(level["m"], level["u"]) for level in entry["levels"]] for entry in content["comparisons"]
        }
        return cls(content["probability_two_random_records_match"], parameters, content["estimated_on"])

    def problems(self, declared: Sequence[ComparisonSettings], conditions: str, *, where: str) -> list[str]:
        """Return why the model cannot be used for the comparisons declared now; it was made for ``conditions``."""
        if conditions == conditions_hash(declared):
            return self._out_of_range(declared, where)
        expected = ", ".join(comparison.name for comparison in declared)
        return [
            f"{where}: made for other comparisons or levels than conf/method declares now; "
            f"found {', '.join(self.parameters)}, expected {expected}. Estimate the model again."
        ]

    def _out_of_range(self, declared: Sequence[ComparisonSettings], where: str) -> list[str]:
        levels = {comparison.name: len(comparison.levels) for comparison in comparisons(declared, SPARK)}
        problems = [
            f"{where}: {name}: found {len(self.parameters.get(name, ()))} levels, expected {nb}."
            for name, nb in levels.items()
            if len(self.parameters.get(name, ())) != nb
        ]
        shares = [share for parameters in self.parameters.values() for level in parameters for share in level]
        if not all(0 < share <= 1 for share in shares) or not 0 < self.prior < 1:
            problems.append(f"{where}: m, u and the prior are probabilities: above 0, 1 at most.")
        return problems

    @property
    def hash(self) -> str:
        """Return SHA-256 of what scores depend on: the prior, m and u."""
        return sha256(
            {"prior": self.prior, "parameters": {name: list(map(list, mu)) for name, mu in self.parameters.items()}}
        )


def conditions_hash(declared: Sequence[ComparisonSettings]) -> str:
    """Return SHA-256 of every level's label and condition."""
    return sha256(
        [[c.name, c.null, [[level.label, level.sql] for level in c.levels]] for c in comparisons(declared, SPARK)]
    )


def splink_settings(compared: Sequence[Comparison], model: Model) -> dict[str, Any]:
    """Return the settings Splink takes for comparisons in the SQL of one engine, with the model's m and u."""
    return {
        "link_type": "link_only",
        "unique_id_column_name": Record.record_key,
        "source_dataset_column_name": "source_dataset",
        "blocking_rules_to_generate_predictions": [],
        # Splink gives the level each comparison reached only together with the columns compared.
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "max_iterations": 200,
        "em_convergence": 1e-5,
        "probability_two_random_records_match": model.prior,
        "comparisons": [_splink_comparison(comparison, model.parameters[comparison.name]) for comparison in compared],
    }


def _splink_comparison(comparison: Comparison, parameters: Sequence[tuple[float, float]]) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.null, "label_for_charts": NO_INFORMATION, "is_null_level": True}
    ]
    levels += [
        {"sql_condition": level.sql, "label_for_charts": level.label, "m_probability": m, "u_probability": u}
        for level, (m, u) in zip(comparison.levels, parameters, strict=True)
    ]
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def sha256(content: Any) -> str:
    """Return SHA-256 of a value in canonical JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
