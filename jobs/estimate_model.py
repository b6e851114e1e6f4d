"""Candidate pairs → the models of cases, jonctions and persons, learnt from these data and written for review."""

import argparse

from jobs.scored_pairs.models import estimate_models
from linkage.platform.errors import InputError
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.scored_pairs import model_file
from linkage.versions import made_of, method


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.out(parser, metavar="FILE", help="the model file to write")


def check(args: argparse.Namespace) -> None:
    method.scored_pairs_settings()


def run(run: Run) -> None:
    settings = method.scored_pairs_settings()
    if run.store.files.is_folder(run.args.out):
        raise InputError(f"--out {run.args.out}: a folder found, the name of a file expected.")
    made_of.require_current(run.store, made_of.STANDARDISED, made_of.CANDIDATE_PAIRS)
    models = estimate_models(run, settings)
    run.store.files.write_text(run.args.out, model_file.to_json(models, settings))
    for name, model in models.items():
        read, sampled = model.estimated_on["pairs"], model.estimated_on["sampled_pairs"]
        run.progress.rows(run.job.name, f"model of {name}", read=read, written=sampled)
        if not sampled:
            run.progress.say(f"Model of {name}: {read} pairs are too few to learn from; it proposes none.")
    run.progress.say(f"The models of {' and '.join(models)} were learnt from these data and written to {run.args.out}.")
