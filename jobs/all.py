"""Deliveries → a published version and its quality: every stage in one session."""

import argparse
from dataclasses import replace

from jobs import estimate_model, links, sources, standardised
from jobs.candidate_pairs import job as candidate_pairs
from jobs.quality import job as quality
from jobs.quality.report import report_of
from jobs.scored_pairs import job as scored_pairs
from jobs.scored_pairs.models import given_models
from linkage.platform.running import options
from linkage.platform.running.job import Job
from linkage.platform.running.run import Run
from linkage.scored_pairs.model_file import models_hash
from linkage.tables.sources import Delivery
from linkage.versions import method, publication


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.deliveries(parser)
    options.version(parser)
    options.model(parser)
    options.truth(parser)
    options.key(parser)
    options.dry_run(parser)


def check(args: argparse.Namespace) -> None:
    method.settings_hash()
    method.scored_pairs_settings()
    method.links_settings()


def run(run: Run) -> None:
    models = given_models(run)
    if run.args.dry_run:
        _forecast(run, given_model_hash=models_hash(models) if models else None)
        return
    run.call(sources)
    # A name taken by other inputs is refused before hours of work, and nothing is done twice.
    inputs = publication.current_inputs(run.store, given_model_hash=models_hash(models) if models else None)
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


def _forecast(run: Run, *, given_model_hash: str | None) -> None:
    """Say what would be received and made, and write nothing; what would be refused is, as in earnest."""
    store, version = run.store, run.args.version
    with run.progress.stage(Job.of(sources).name):
        received = sources.forecast(run)
    if store.exists(Delivery):
        inputs = publication.current_inputs(store, given_model_hash=given_model_hash)
        with_new = replace(inputs, deliveries=(*inputs.deliveries, *sorted({line.delivery for line in received})))
        if publication.is_published(store, version, with_new):
            run.progress.say(f"Version {version} is already published from the same inputs: no link would change.")
            return
    delivered = {line.source for line in received} | standardised.sources_received(store)
    standardised.require_both_sides(run, delivered)
    learnt = () if given_model_hash else (estimate_model,)
    job_names = [Job.of(job).name for job in (standardised, candidate_pairs, *learnt, scored_pairs, links, quality)]
    run.progress.say(f"Version {version} would be made: {', '.join(job_names)}. Nothing was written.")


def link(run: Run, *, version: str, given_model: str | None = None) -> None:
    """Run the stages from candidate pairs to links; without a model given, one is learnt and kept in the lake."""
    run.call(candidate_pairs)
    model = given_model or f"{run.args.lake}/models/{version}.json"
    if not given_model:
        run.call(estimate_model, out=model)
    run.call(scored_pairs, model=model, estimated=not given_model)
    run.call(links, version=version)
