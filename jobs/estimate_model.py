"""Candidate pairs → the models of cases, jonctions and persons, learnt from these data and written for review."""

import argparse
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import Column, DataFrame

from linkage import candidate_pairs, config, method, options, stages
from linkage.command import Run, main
from linkage.errors import InputError
from linkage.scored_pairs import model_file
from linkage.scored_pairs.cases import estimate_cases, estimate_jonctions
from linkage.scored_pairs.model import Model
from linkage.scored_pairs.persons import estimate_persons
from linkage.settings import CASES, JONCTIONS, PERSONS, CandidatePairsSettings, ScoredPairsSettings
from linkage.tables.linkage import CandidatePair
from linkage.tables.records import Record
from linkage.tables.standardised import Personne


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.out(parser, metavar="FILE", help="the model file to write")


def check(args: argparse.Namespace) -> None:
    method.scored_pairs_settings()


def run(run: Run) -> None:
    settings = method.scored_pairs_settings()
    if run.store.files.is_folder(run.args.out):
        raise InputError(f"--out {run.args.out}: a folder found, the name of a file expected.")
    stages.require_current(run.store, stages.STANDARDISED, stages.CANDIDATE_PAIRS)
    models = estimated(run, settings)
    run.store.files.write_text(run.args.out, model_file.to_json(models, settings))
    for name, model in models.items():
        read, sampled = model.estimated_on["pairs"], model.estimated_on["sampled_pairs"]
        run.progress.rows("estimate_model", f"model of {name}", read=read, written=sampled)
        if not sampled:
            run.progress.say(f"Model of {name}: {read} pairs are too few to learn from; it proposes none.")
    run.progress.say(f"The models of {' and '.join(models)} were learnt from these data and written to {run.args.out}.")


def estimated(run: Run, settings: ScoredPairsSettings) -> dict[str, Model]:
    """The models of cases, of jonctions and of persons of this lake."""
    records = run.store.read(Record, made_by="standardised")
    pairs, personnes = run.store.read(CandidatePair), run.store.read(Personne, made_by="standardised")
    rules = config.settings(method.CANDIDATE_PAIRS, CandidatePairsSettings).rules

    def neighbours(drawn: Column) -> DataFrame:
        return candidate_pairs.neighbours(records, pairs, drawn, rules=rules)

    learning = {
        CASES: lambda: estimate_cases(records, pairs, settings=settings, neighbours=neighbours),
        JONCTIONS: lambda: estimate_jonctions(records, pairs, settings=settings),
        PERSONS: lambda: estimate_persons(records, personnes, pairs, settings=settings.persons),
    }
    # EM takes one core, so that its sums are always added in one order: the next sample is drawn meanwhile. Two at
    # once, no more: the model of cases, the longest to learn, would wait for the samples of all.
    with (
        run.progress.step(f"expectation-maximisation of the models of {', '.join(learning)}"),
        ThreadPoolExecutor(max_workers=2) as threads,
    ):
        return dict(zip(learning, threads.map(lambda learn: learn(), learning.values()), strict=True))


if __name__ == "__main__":
    main(__file__)
