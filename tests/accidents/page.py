"""The page that lists every accident tried with its outcome: ``python -m tests.accidents.page RESULTS.xml``.

``./spark-submit.sh test tests/accidents -m '' --dist load --junitxml RESULTS.xml`` makes the results.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree

from tests.clone import ROOT

PAGE = ROOT / "docs" / "accidents.md"


def main(results: Sequence[str]) -> None:
    """Write the page of the results of one run, or of several: of a case that ran again, the last."""
    trees = [ElementTree.parse(file) for file in results]
    days = sorted(suite.get("timestamp", "")[:10] for tree in trees for suite in tree.iter("testsuite"))
    when = f"on {days[0]}" if days[0] == days[-1] else f"from {days[0]} to {days[-1]}"
    found = (case for tree in trees for case in tree.iter("testcase"))
    named = {(case.get("classname", ""), case.get("name", "")): case for case in found}
    cases = [case for (module, _), case in sorted(named.items()) if module.startswith("tests.accidents.")]
    outcomes = Counter(_outcome(case) for case in cases)
    counted = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    lines = [
        "# Accidents tried",
        "",
        f"{len(cases)} cases, run {when}: {counted}. Made by `{__doc__.split('``')[1]}` from the results of",
        "`./spark-submit.sh test tests/accidents -m '' --dist load --junitxml RESULTS.xml`. Every case ends by comparing",
        "all rows of all tables with those of a run that nothing disturbed, or by checking that nothing was touched.",
    ]
    for module in dict.fromkeys(case.attrib["classname"] for case in cases):
        lines += ["", f"## {_sentence(module)}", "", "| case | outcome | seconds |", "| --- | --- | ---: |"]
        lines += [
            f"| {_words(case.attrib['name'])} | {_outcome(case)} | {float(case.attrib['time']):.0f} |"
            for case in cases
            if case.attrib["classname"] == module
        ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _outcome(case: ElementTree.Element) -> str:
    return "failed" if {"failure", "error"} & {part.tag for part in case} else "skipped" if len(case) else "passed"


def _words(name: str) -> str:
    test, _, given = name.partition("[")
    words = test.removeprefix("test_").replace("_", " ")
    return f"{words} ({given.rstrip(']')})" if given else words


def _sentence(module: str) -> str:
    source = (ROOT / module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or module).partition("\n")[0].rstrip(".")


if __name__ == "__main__":
    main(sys.argv[1:])
