"""A fictitious country → deliveries as the two administrations would send them, with known truth."""

import argparse

from jobs.synthetic.deliveries import SCRATCH, write_deliveries
from linkage.platform import config
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.settings.synthetic import SyntheticSettings
from linkage.synthetic import build
from linkage.synthetic.build import extraction_date
from linkage.synthetic.kept import keep_on_disk


def arguments(parser: argparse.ArgumentParser) -> None:
    options.out(parser, metavar="DIR", help="new or empty folder for the deliveries and their truth/")
    parser.add_argument("--procedures", type=options.positive, required=True, metavar="N", help="procedures recorded")
    parser.add_argument(
        "--seed", type=options.positive, default=1, metavar="S", help="same seed, same files; default: 1"
    )
    parser.add_argument("--years", type=options.years, default=(2018, 2023), metavar="A-B", help="default: 2018-2023")
    parser.add_argument(
        "--departements",
        type=options.positive,
        default=1,
        metavar="N",
        help="so many at least; default: as few as can be",
    )
    parser.add_argument(
        "--noise", choices=("calm", "usual", "harsh"), default="usual", help="damage done to the records"
    )


def check(args: argparse.Namespace) -> None:
    settings()


def settings() -> SyntheticSettings:
    """Return the settings of ``conf/synthetic``: the country, and the noise of its deliveries."""
    country, noise = config.toml("synthetic/country.toml"), config.toml("synthetic/noise.toml")
    return config.validated({**country, "noise": noise}, SyntheticSettings, where="conf/synthetic")


def run(run: Run) -> None:
    with run.new_folder(run.args.out) as unfinished:
        _make_deliveries(run, unfinished)
    run.progress.say(f"Fictitious deliveries and their truth are in {run.args.out}.")


def _make_deliveries(run: Run, out: str) -> None:
    args, country = run.args, settings()
    nomenclatures = [config.nomenclature(name) for name in ("communes", "natinf", "tribunaux")]
    with run.progress.step(f"{args.procedures:,} procedures, {args.noise} noise, seed {args.seed}"):
        frames = build(
            run.spark,
            country,
            *nomenclatures,
            procedures=args.procedures,
            seed=args.seed,
            years=args.years,
            noise=args.noise,
            departements=args.departements,
            keep=keep_on_disk(f"{out}/{SCRATCH}/gardes"),
        )
    with run.progress.step("writing the deliveries"):
        extraction = extraction_date(country, args.years)
        write_deliveries(frames, out, procedures=args.procedures, years=args.years, extraction=extraction)
