"""Candidate pairs → match weights by Splink, with the level that each comparison reached."""

import argparse

from linkage import config, options
from linkage.command import Run, main
from linkage.errors import InputError
from linkage.publication import MODEL, MODEL_GIVEN, MODEL_HASH
from linkage.scored_pairs.estimation import estimate
from linkage.scored_pairs.model import Model
from linkage.scored_pairs.scoring import score
from linkage.settings import ScoredPairsSettings
from linkage.tables.linkage import CandidatePair, ScoredPair
from linkage.tables.records import Record

SETTINGS = "method/scored_pairs.toml"


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.model(parser)
    parser.add_argument("--estimated", action="store_true", help="the model was learnt from these very data: no input")


def check(args: argparse.Namespace) -> None:
    config.settings(SETTINGS, ScoredPairsSettings)


def run(run: Run) -> None:
    settings = config.settings(SETTINGS, ScoredPairsSettings)
    records, pairs = run.store.read(Record, made_by="standardised"), run.store.read(CandidatePair)
    model = given_model(run) or estimate(records, pairs, settings=settings)
    said = {
        MODEL: model.to_json(settings.comparisons),
        MODEL_HASH: model.hash,
        MODEL_GIVEN: bool(run.args.model) and not run.args.estimated,
    }
    with run.progress.step("scoring with Splink"):
        scored = score(run.spark, records, pairs, model, settings=settings)
        written = run.store.write(scored, ScoredPair, metadata=said)
    run.progress.rows("scored_pairs", ScoredPair.path, read=pairs.count(), written=written)


def given_model(run: Run) -> Model | None:
    """The model of ``--model``, checked; None without the option."""
    if not run.args.model:
        return None
    if not run.store.files.exists(run.args.model):
        raise InputError(f"--model {run.args.model}: no such file; estimate_model writes one.")
    settings = config.settings(SETTINGS, ScoredPairsSettings)
    return Model.from_json(run.store.files.read_text(run.args.model), settings.comparisons, where=run.args.model)


if __name__ == "__main__":
    main(__file__)
