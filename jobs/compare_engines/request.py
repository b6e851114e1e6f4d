"""The arguments of the benchmark, checked before Spark starts."""

from __future__ import annotations

import argparse

from jobs.compare_engines import lakes
from linkage.platform.errors import InputError
from linkage.versions import method

ARMS = ("ours", "splink_spark", "splink_duckdb", "floor")


def named_arms(arms: str) -> list[str]:
    """Return the arms of a list with commas, once each."""
    return list(dict.fromkeys(arm.strip() for arm in arms.split(",")))


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be run.

    Raises
    ------
    InputError
        An unknown arm; a result file that is not ``.json``; a lake or a truth missing or elsewhere.
    """
    problems = [
        f"--arms: {arm!r} found, {', '.join(ARMS)} expected." for arm in named_arms(args.arms) if arm not in ARMS
    ]
    problems += [
        f"{option} {place}: a path on this machine expected: the benchmark links and measures files here."
        for option, place in (("--out", args.out), ("--lake", args.lake), ("--truth", args.truth))
        if place is not None and place.has_scheme
    ]
    if not args.out.endswith(".json") or args.out.endswith(".machine.json"):
        problems.append(f"--out {args.out}: a name that ends with .json expected, other than .machine.json.")
    if not problems:
        problems = lakes.problems(args.lake, args.truth)
    if problems:
        raise InputError(problems)
    method.scored_pairs_settings()
    method.links_settings()
