"""Candidate pairs → match weights by Splink, then their persons'; and what the levels reached together say in words."""

import argparse
from functools import reduce

from pyspark.sql import DataFrame

from jobs.scored_pairs.models import estimate_models, given_models
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.scored_pairs import model_file
from linkage.scored_pairs.cases import score_cases
from linkage.scored_pairs.patterns import patterns
from linkage.scored_pairs.persons import score_persons
from linkage.settings.scored_pairs import CASES, JONCTIONS, PERSONS
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern, ScoredPerson
from linkage.tables.standardised import Personne, Record
from linkage.versions import made_of, method
from linkage.versions.publication import CASES_VERSION, MODEL, MODEL_GIVEN, MODEL_HASH


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.model(parser)
    parser.add_argument("--estimated", action="store_true", help="the model was learnt from these very data: no input")


def check(args: argparse.Namespace) -> None:
    method.scored_pairs_settings()


def run(run: Run) -> None:
    settings = method.scored_pairs_settings()
    records, pairs = run.store.read(Record), run.store.read(CandidatePair)
    personnes = run.store.read(Personne)
    made_of.require_current(run.store, made_of.STANDARDISED, made_of.CANDIDATE_PAIRS)
    models = given_models(run) or estimate_models(run, settings)
    recorded = {
        MODEL: model_file.to_json(models, settings),
        MODEL_HASH: model_file.models_hash(models),
        MODEL_GIVEN: bool(run.args.model) and not run.args.estimated,
        made_of.MADE_OF: made_of.made_of(run.store, made_of.SCORED_PAIRS),
    }
    with run.progress.step("scoring cases with Splink"):
        cases, jonctions = models[CASES], models[JONCTIONS]
        scored = score_cases(records, pairs, cases, jonctions, settings=settings)
        nb_rows = run.store.write(scored, ScoredPair, metadata=recorded)
    run.progress.rows(run.job.name, ScoredPair.path, read=pairs.count(), written=nb_rows)
    run.release()
    with run.progress.step("scoring their persons with Splink"):
        model = models[PERSONS]
        persons = score_persons(personnes, run.store.read(ScoredPair), model, settings=settings.persons)
        of_cases = {CASES_VERSION: run.store.version(ScoredPair)}
        nb_rows = run.store.write(persons, ScoredPerson, metadata=of_cases)
    run.progress.rows(run.job.name, ScoredPerson.path, written=nb_rows)
    with run.progress.step("agreement patterns"):
        scored = run.store.read(ScoredPair)
        of_models = ((scored, settings), (scored, settings.jonctions), (run.store.read(ScoredPerson), settings.persons))
        of_each_model = [patterns(of_model, settings=declared) for of_model, declared in of_models]
        nb_rows = run.store.write(
            reduce(DataFrame.unionByName, of_each_model).coalesce(1), ScoredPattern, metadata=of_cases
        )
    run.progress.rows(run.job.name, ScoredPattern.path, written=nb_rows)
