"""Candidate pairs → the model's parameters, learnt from these data and written for review."""

import argparse

from linkage import config, options
from linkage.command import Run, main
from linkage.scored_pairs.estimation import estimate
from linkage.settings import ScoredPairsSettings
from linkage.tables.linkage import CandidatePair
from linkage.tables.records import Record

SETTINGS = "method/scored_pairs.toml"


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.out(parser, metavar="FILE", help="the model file to write")


def check(args: argparse.Namespace) -> None:
    config.settings(SETTINGS, ScoredPairsSettings)


def run(run: Run) -> None:
    settings = config.settings(SETTINGS, ScoredPairsSettings)
    records = run.store.read(Record, made_by="standardised")
    pairs = run.store.read(CandidatePair)
    with run.progress.step(f"expectation-maximisation on at most {settings.estimation.max_pairs:,} pairs"):
        model = estimate(records, pairs, settings=settings)
        run.store.files.write_text(run.args.out, model.to_json(settings.comparisons))
    sampled = model.estimated_on["sampled_pairs"]
    run.progress.rows("estimate_model", "model", read=model.estimated_on["candidate_pairs"], written=sampled)
    run.progress.say(f"The model was estimated on {sampled:,} pairs of these data and written to {run.args.out}.")


if __name__ == "__main__":
    main(__file__)
