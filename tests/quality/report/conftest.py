"""The content of a report, from a tiny version whose names are hostile."""

from __future__ import annotations

import json
from datetime import date, datetime

import pandas as pd
import pytest

from linkage.platform import config
from linkage.quality.report.content import Content
from linkage.settings.quality import QualitySettings

HOSTILE = '<script>alert("x")</script>'
GROUP = ["side", "dimension", "modalite", "measure", "nb", "estimate", "low", "high", "spread", "gap", "gap_low", "gap_high", "named"]  # fmt: skip
RULES = [
    ("cles", "*", None, None, None, None, None, 2011, 0.9713, 3900.4, None),
    ("cles", "lieu_et_faits", None, None, None, None, 4011, 2011, 0.6123, 2461.7, 212.4),
    ("cles", "lieu_et_faits", "jour_transmission → jour_arrivee", 2.0, -20, 1500, 5023, 2011, 0.6187, 2483.1, 231.9),
    ("cles", "service_et_faits", None, None, None, None, 701, None, None, None, None),
    ("citations", "*", None, None, None, None, None, 73, 0.91, 120.2, None),
]


@pytest.fixture
def content() -> Content:
    level = [{"label": HOSTILE, "m": 0.9, "u": 0.1}, {"label": "autre", "m": 0.1, "u": 0.9}]
    level += [{"label": "jamais vu", "m": 0.0001, "u": 0.0001}]
    trained = {"pairs": 41234, "sampled_pairs": 20617, "iterations": 9}
    cases = {
        "comparisons": [{"name": "cle", "levels": level}],
        "probability_two_random_records_match": 0.57,
        "estimated_on": trained,
    }
    model = {"models": {"cases": cases}}
    rows = [
        (side, dimension, name, measure, 1200.0, value, value - 0.01, value + 0.01, 0.0 if measure.startswith("taux") else 0.5, gap, gap, gap, gap == -0.042)
        for side in ("procedure", "affaire")
        for measure in ("taux_appariement", "rappel_estime", "precision_estimee")
        for dimension, name, value, gap in [("ensemble", "ensemble", 0.942, None), ("force", "GN", 0.9, -0.042), ("force", HOSTILE, 0.95, 0.008)]
    ]  # fmt: skip
    outcomes = {"linked": 1100, "unlinked:rivale": 100, "set_aside": 34}
    balance = pd.DataFrame([("ensemble", "force", HOSTILE, 1100, 0.5, 0.6, 0.6)], columns=["population", "measure", "modalite", "nb_linked", "share", "weighted_share", "known_share"])  # fmt: skip
    estimates = pd.DataFrame([("revue", "rappel", 0.93, 0.92, 0.94, 400, HOSTILE), ("synthese", "rappel", 0.9412, 0.93, 0.95, 9, ""), ("synthese", "precision", 0.9934, 0.99, 0.996, 9, "")], columns=["method", "measure", "estimate", "low", "high", "nb", "note"])  # fmt: skip
    return Content(
        version={"version": "v1", "created_at": datetime(2026, 3, 1), "deliveries": ["d"], "model": json.dumps(model), "model_hash": "h", "model_given": False, "code_version": "c", "settings_hash": "s", "inputs_hash": "i", "table_versions": {"links": 0}, "row_counts": {"links": 16479}},
        written=date(2026, 3, 2),
        code_version="c",
        fictitious=False,
        places={"900101": "Tribunal judiciaire fictif 01-1"},
        settings=config.settings("method/quality.toml", QualitySettings),
        passes=None,
        histogram=pd.DataFrame([(1.0, "retenu", 30), (2.0, "a_revoir", 12)], columns=["bin", "status", "nb"]),
        model_bands=pd.DataFrame([("cases", -2.0, 41), ("cases", 11.0, 15002), ("persons", 3.0, 7)], columns=["model", "bin", "nb"]),
        passes_counted=pd.DataFrame([("cle_exacte", "retenu", 16479, 16430.2), ("cle_exacte", "a_revoir", 12, 6.1)], columns=["link_pass", "status", "nb", "expected"]),
        dossiers=pd.DataFrame([(1, 1000), (2, 9)], columns=["nb_links", "nb"]),
        deliveries=pd.DataFrame(
            [("lrppn", 2020, date(2021, 3, 31), 7), ("lrppn", 2020, date(2022, 3, 31), 1240), ("lrpgn", 2020, date(2021, 3, 31), 5), ("lrpgn", 2020, date(2022, 3, 31), 0)],
            columns=["source", "millesime", "date_extraction", "nb_absentes"],
        ),
        known=pd.DataFrame([("lrppn", 2020, "csns", 2000, 0), ("lrppn", 2020, HOSTILE, 2000, 1500), ("lrppn", 2021, HOSTILE, 1000, 300)], columns=["source", "millesime", "field", "nb", "nb_known"]),
        ledger=pd.DataFrame([("lrppn", 2020, outcome, nb) for outcome, nb in outcomes.items()], columns=["source", "millesime", "outcome", "nb"]),
        accuracy=pd.DataFrame(columns=["link_pass", "precision"]),
        estimates=estimates,
        subgroups=pd.DataFrame(rows, columns=GROUP),
        balance=balance,
        weights=pd.DataFrame([(0, 1.1)], columns=["cell", "weight"]),
        review=pd.DataFrame([("retenu > 10", 900, 6, 5, 1, 0)], columns=["stratum", "nb_population", "nb_sampled", "oui", "non", "doute"]),
        unread=pd.DataFrame([("lrppn", 2021, "csns_partage", 53), ("lrppn", 2020, "illisible", 7), ("cassiopee", 2021, "illisible", 1)], columns=["source", "millesime", "repair", "nb"]),
        persons=pd.DataFrame([("victime", 700, 3, 693.4)], columns=["role", "nb", "nb_role_change", "expected"]),
        rules=pd.DataFrame(RULES, columns=["hidden", "blocking_rule", "window", "factor", "low", "high", "nb_pairs", "nb_hidden", "share_held", "nb_held", "nb_alone"]),
        candidates=pd.DataFrame([("cle", 15000), ("lieu_et_faits", 812)], columns=["blocking_rule", "nb"]),
        blocks=pd.DataFrame([("lieu_et_faits", "split", 12, 1200345)], columns=["blocking_rule", "outcome", "nb", "pairs"]),
        thresholds=pd.DataFrame([(-3.0, 40, 10.3), (0.0, 60, 41.7), (12.0, 16000, 15990.1)], columns=["bin", "nb", "expected"]),
        calibration=pd.DataFrame([(None, 41, 22.2, 20), (10.0, 1811, 1808.3, 1804)], columns=["low", "nb", "expected", "nb_right"]),
        agreements=pd.DataFrame([("cases", "cle", HOSTILE, 12000), ("cases", "cle", None, 4000)], columns=["model", "comparison", "label", "nb"]),
        conjugal=pd.DataFrame([(3012, 2807, 2502)], columns=["nb", "sent", "linked"]),
        previous=None,
    )  # fmt: skip
