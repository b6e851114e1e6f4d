"""Deliveries → a published version and its quality: every stage in one session."""

import argparse

from jobs import estimate_model, links, sources, standardised
from jobs.candidate_pairs import job as candidate_pairs
from jobs.quality import job as quality
from jobs.quality.version import report_of
from jobs.scored_pairs import job as scored_pairs
from jobs.scored_pairs.models import given_models
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.scored_pairs.model_file import models_hash
from linkage.versions import method, publication


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.deliveries(parser)
    options.version(parser)
    options.model(parser)
    options.truth(parser)
    options.key(parser)


def check(args: argparse.Namespace) -> None:
    method.settings_hash()
    method.scored_pairs_settings()
    method.links_settings()


def run(run: Run) -> None:
    given = given_models(run)
    run.call(sources)
    # A name taken by other inputs is refused before hours of work, and nothing is done twice.
    inputs = publication.current_inputs(run.store, given_model_hash=models_hash(given) if given else None)
    if publication.is_published(run.store, run.args.version, inputs):
        run.progress.say(f"Version {run.args.version} is already published from the same inputs: nothing changes.")
        report = report_of(run.args.lake, run.args.version)
        if run.store.files.exists(report) and not run.args.truth:
            run.progress.say(f"Report: {report}")
            return
    else:
        run.call(standardised)
        link(run, version=run.args.version, given_model=run.args.model)
    run.call(quality)


def link(run: Run, *, version: str, given_model: str | None = None) -> None:
    """Run the stages from candidate pairs to links; without a model given, one is learnt and kept in the lake."""
    run.call(candidate_pairs)
    model = given_model or f"{run.args.lake}/models/{version}.json"
    if not given_model:
        run.call(estimate_model, out=model)
    run.call(scored_pairs, model=model, estimated=not given_model)
    run.call(links, version=version)
