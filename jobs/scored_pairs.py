"""Candidate pairs → match weights by Splink, then their persons'; and what the levels reached together say in words."""

import argparse
from functools import reduce

from pyspark.sql import DataFrame

from jobs.estimate_model import estimated
from linkage import method, options, stages
from linkage.command import Run, main
from linkage.errors import InputError
from linkage.publication import CASES_VERSION, MODEL, MODEL_GIVEN, MODEL_HASH
from linkage.scored_pairs import model_file
from linkage.scored_pairs.cases import score_cases
from linkage.scored_pairs.model import Model
from linkage.scored_pairs.patterns import patterns
from linkage.scored_pairs.persons import score_persons
from linkage.settings import CASES, JONCTIONS, PERSONS
from linkage.tables.linkage import CandidatePair, ScoredPair, ScoredPattern, ScoredPerson
from linkage.tables.records import Record
from linkage.tables.standardised import Personne


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.model(parser)
    parser.add_argument("--estimated", action="store_true", help="the model was learnt from these very data: no input")


def check(args: argparse.Namespace) -> None:
    method.scored_pairs_settings()


def run(run: Run) -> None:
    settings = method.scored_pairs_settings()
    records, pairs = run.store.read(Record, made_by="standardised"), run.store.read(CandidatePair)
    personnes = run.store.read(Personne, made_by="standardised")
    stages.require_current(run.store, stages.STANDARDISED, stages.CANDIDATE_PAIRS)
    models = given_models(run) or estimated(run, settings)
    said = {
        MODEL: model_file.to_json(models, settings),
        MODEL_HASH: model_file.models_hash(models),
        MODEL_GIVEN: bool(run.args.model) and not run.args.estimated,
        stages.MADE_OF: stages.made_of(run.store, stages.SCORED_PAIRS),
    }
    with run.progress.step("scoring cases with Splink"):
        cases, jonctions = models[CASES], models[JONCTIONS]
        scored = score_cases(records, pairs, cases, jonctions, settings=settings)
        written = run.store.write(scored, ScoredPair, metadata=said)
    run.progress.rows("scored_pairs", ScoredPair.path, read=pairs.count(), written=written)
    run.release()
    with run.progress.step("scoring their persons with Splink"):
        model = models[PERSONS]
        persons = score_persons(personnes, run.store.read(ScoredPair), model, settings=settings.persons)
        of_cases = {CASES_VERSION: run.store.version(ScoredPair)}
        written = run.store.write(persons, ScoredPerson, metadata=of_cases)
    run.progress.rows("scored_pairs", ScoredPerson.path, written=written)
    with run.progress.step("agreement patterns"):
        scored = run.store.read(ScoredPair)
        of_models = ((scored, settings), (scored, settings.jonctions), (run.store.read(ScoredPerson), settings.persons))
        found = [patterns(of_model, settings=declared) for of_model, declared in of_models]
        written = run.store.write(reduce(DataFrame.unionByName, found).coalesce(1), ScoredPattern, metadata=of_cases)
    run.progress.rows("scored_pairs", ScoredPattern.path, written=written)


def given_models(run: Run) -> dict[str, Model] | None:
    """The models of ``--model``, checked; None without the option."""
    if not run.args.model:
        return None
    if not run.store.files.exists(run.args.model) or run.store.files.is_folder(run.args.model):
        raise InputError(f"--model {run.args.model}: no such file; estimate_model writes one.")
    settings = method.scored_pairs_settings()
    text = run.store.files.read_bytes(run.args.model).decode("utf-8", errors="replace")
    return model_file.from_json(text, settings, where=run.args.model)


if __name__ == "__main__":
    main(__file__)
