"""The models that score pairs: those of a reviewed file, or learnt from the lake."""

from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import Column, DataFrame

from linkage import candidate_pairs
from linkage.platform.errors import InputError
from linkage.platform.running.run import Run
from linkage.scored_pairs import model_file
from linkage.scored_pairs.cases import estimate_cases, estimate_jonctions
from linkage.scored_pairs.model import Model
from linkage.scored_pairs.persons import estimate_persons
from linkage.settings.scored_pairs import CASES, JONCTIONS, PERSONS, ScoredPairsSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.standardised import Personne, Record
from linkage.versions import method


def estimate_models(run: Run, settings: ScoredPairsSettings) -> dict[str, Model]:
    """Learn the models of cases, of jonctions and of persons of this lake."""
    records = run.store.read(Record, made_by="standardised")
    pairs, personnes = run.store.read(CandidatePair), run.store.read(Personne, made_by="standardised")
    rules = method.candidate_pairs_settings().rules

    def neighbours(drawn: Column) -> DataFrame:
        return candidate_pairs.form_neighbours(records, pairs, drawn, rules=rules)

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


def given_models(run: Run) -> dict[str, Model] | None:
    """Return the models of ``--model``, checked; None without the option."""
    if not run.args.model:
        return None
    if not run.store.files.exists(run.args.model) or run.store.files.is_folder(run.args.model):
        raise InputError(f"--model {run.args.model}: no such file; estimate_model writes one.")
    settings = method.scored_pairs_settings()
    text = run.store.files.read_bytes(run.args.model).decode("utf-8", errors="replace")
    return model_file.from_json(text, settings, where=run.args.model)
