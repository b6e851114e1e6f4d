"""The benchmark: the same standardised tables through this linkage, Splink on Spark or DuckDB, and a bare join."""

import argparse

from jobs.compare_engines import request
from linkage.platform.running import options
from linkage.platform.running.run import Run


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--procedures", type=options.positive, required=True, metavar="N", help="procedures recorded")
    parser.add_argument(
        "--arms", default=",".join(request.ARMS), metavar="A,B", help="which are compared; default: %(default)s"
    )
    parser.add_argument("--runs", type=options.positive, default=3, metavar="N", help="rounds; default: 3")
    options.out(parser, metavar="FILE.json", help="file of the records; the machine goes to FILE.machine.json")
    parser.add_argument(
        "--lake", metavar="DIR", type=options.location, help="standardised tables; without it, a fictitious country"
    )
    options.truth(parser)
    parser.add_argument("--arm", choices=request.ARMS, help=argparse.SUPPRESS)  # one arm, in this process


def check(args: argparse.Namespace) -> None:
    request.check(args)


def run(run: Run) -> None:
    if run.args.arm:
        from jobs.compare_engines.arms import run_arm

        run_arm(run)
    else:
        from jobs.compare_engines.rounds import compare

        compare(run, request.named_arms(run.args.arms))
