"""The model as a value: m and u of each level, readable and reviewable, bound to the comparisons it was made for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import splink

from linkage.errors import InputError
from linkage.scored_pairs.comparisons import Comparison, comparisons
from linkage.settings import ComparisonSettings
from linkage.tables.records import Record

FORMAT = 1
# Splink puts the left record of a link_only pair first by the name of its table, in alphabetical order.
LEFT, RIGHT = "procedure_records", "reference_records"
DIGITS = 10


@dataclass(frozen=True)
class Model:
    """Estimated parameters: for each comparison, m and u per level, and the share of matches among candidates."""

    prior: float
    parameters: Mapping[str, Sequence[tuple[float, float]]]
    estimated_on: Mapping[str, Any]
    splink_version: str = splink.__version__

    def to_json(self, declared: Sequence[ComparisonSettings]) -> str:
        """The reviewed file: one line of m and u per level under its label, and a hash of all of it."""
        content = {
            "format": FORMAT,
            "splink": self.splink_version,
            "probability_two_random_records_match": self.prior,
            "comparisons": [
                {
                    "name": comparison.name,
                    "levels": [
                        {"label": level.label, "m": m, "u": u}
                        for level, (m, u) in zip(comparison.levels, self.parameters[comparison.name], strict=True)
                    ],
                }
                for comparison in comparisons(declared, "spark")
            ],
            "conditions_sha256": conditions_hash(declared),
            "estimated_on": dict(self.estimated_on),
        }
        return json.dumps({**content, "sha256": _sha256(content)}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str, declared: Sequence[ComparisonSettings], *, where: str) -> Model:
        """The model of a file, checked against the comparisons declared now.

        Raises
        ------
        InputError
            The file is not a model, was changed by hand without its hash, was made by another Splink or for other
            comparisons.
        """
        try:
            content = json.loads(text)
            found = content.pop("sha256")
            levels = {entry["name"]: entry["levels"] for entry in content["comparisons"]}
            parameters = {name: [(level["m"], level["u"]) for level in entry] for name, entry in levels.items()}
            model = cls(
                content["probability_two_random_records_match"], parameters, content["estimated_on"], content["splink"]
            )
            conditions = content["conditions_sha256"]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError(f"{where}: not a model file; expected the JSON that estimate_model writes.") from None
        problems = []
        if found != _sha256(content):
            problems.append(
                f"{where}: sha256: the content does not match its hash; the file was changed after estimation."
            )
        if model.splink_version != splink.__version__:
            problems.append(f"{where}: splink: made with {model.splink_version}, this code runs {splink.__version__}.")
        if conditions != conditions_hash(declared):
            expected = ", ".join(comparison.name for comparison in declared)
            problems.append(
                f"{where}: comparisons: made for other comparisons or levels than conf/method declares now; "
                f"found {', '.join(parameters)}, expected {expected}. Estimate the model again."
            )
        if problems:
            raise InputError(problems)
        return model

    @property
    def hash(self) -> str:
        """SHA-256 of what scores depend on: the prior, m and u."""
        return _sha256(
            {"prior": self.prior, "parameters": {name: list(map(list, mu)) for name, mu in self.parameters.items()}}
        )


def conditions_hash(declared: Sequence[ComparisonSettings]) -> str:
    """SHA-256 of every level's label and condition."""
    return _sha256(
        [[c.name, c.null, [[level.label, level.sql] for level in c.levels]] for c in comparisons(declared, "spark")]
    )


def splink_settings(declared: Sequence[ComparisonSettings], dialect: str, model: Model | None = None) -> dict[str, Any]:
    """The settings Splink takes, in the SQL of one engine, with the model's m and u when there is one."""
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
        "probability_two_random_records_match": model.prior if model else 0.2,
        "comparisons": [
            _splink_comparison(comparison, model.parameters[comparison.name] if model else None)
            for comparison in comparisons(declared, dialect)
        ],
    }


def _splink_comparison(comparison: Comparison, parameters: Sequence[tuple[float, float]] | None) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.null, "label_for_charts": "sans information", "is_null_level": True}
    ]
    for position, level in enumerate(comparison.levels):
        entry: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.label}
        if parameters:
            entry["m_probability"], entry["u_probability"] = parameters[position]
        levels.append(entry)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _sha256(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
