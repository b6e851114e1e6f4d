"""Everything on fictitious data: deliveries with known truth, every stage, and how good the links are."""

import argparse

from linkage import options
from linkage.command import Run, main

VERSION = "demo"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lake", metavar="DIR", type=options.location, default=options.Location("demo-lake"), help="…")
    parser.add_argument("--procedures", type=options.positive, default=20_000, metavar="N", help="default: 20000")


def run(run: Run) -> None:
    deliveries = f"{run.args.lake}-deliveries"
    run.call("synthetic", out=deliveries, seed=1)
    run.call("all", deliveries=deliveries, version=VERSION, truth=f"{deliveries}/truth")


if __name__ == "__main__":
    main(__file__)
