"""Nothing but the door rounds or hides a count: code and notebooks are read for the usual ways to do it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
DOOR = ("linkage/study_extracts/disclosure", "linkage/concepts/shown.py")
"""What rounds a study, and what rounds the report on the links."""
FOLDERS = ("linkage", "jobs", "notebooks")
ALLOWED = {
    ("linkage/quality/report/counts.py", "_band"): "weights of links, in bars",
}
"""By file and function: what is rounded there and is no count."""
LIMITS = ("threshold", "SEUIL", "seuil")


def ways(source: str) -> Iterator[tuple[str, str]]:
    """Function and expression of each rounding to a multiple and of each comparison with the threshold."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in ast.walk(tree):
        if _rounds(node) or _hides(node):
            within = [one.name for one in functions if one.lineno <= node.lineno <= (one.end_lineno or 0)]  # type: ignore[attr-defined]
            yield (within[0] if within else "", ast.unparse(node))


def _rounds(node: ast.AST) -> bool:
    """``x // base * base``, ``x - x % base``, ``round(x / base) * base`` and the like as methods of frames."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return any(_divides_whole(part, times) for part, times in ((node.left, node.right), (node.right, node.left)))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        rest = node.right
        return isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Mod) and _same(rest.left, node.left)
    is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if is_method and node.func.attr in ("mul", "multiply"):  # type: ignore[attr-defined]
        return bool(node.args) and _divides_whole(node.func.value, node.args[0])  # type: ignore[attr-defined]
    return False


def _divides_whole(part: ast.AST, base: ast.AST) -> bool:
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.FloorDiv):
        return _same(part.right, base)
    rounds = ("round", "floor", "ceil", "int", "rint")
    called = isinstance(part, ast.Call) and (
        (isinstance(part.func, ast.Name) and part.func.id in rounds)
        or (isinstance(part.func, ast.Attribute) and part.func.attr in rounds)
    )
    inside = (node for node in ast.walk(part) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    return called and any(_same(node.right, base) for node in inside)


def _hides(node: ast.AST) -> bool:
    """A comparison with a threshold of disclosure."""
    if not isinstance(node, ast.Compare):
        return False
    sides = [one for side in (node.left, *node.comparators) for one in ast.walk(side)]
    names = {one.id for one in sides if isinstance(one, ast.Name)}
    # The rules' own, and not the threshold of a decision on links.
    attributes = {
        one.attr for one in sides if isinstance(one, ast.Attribute) and ast.unparse(one.value).endswith(("rules", "REGLES", "disclosure"))
    }  # fmt: skip
    return any(limit in names - {"threshold"} or limit in attributes for limit in LIMITS)


def _same(one: ast.AST, other: ast.AST) -> bool:
    return ast.unparse(one) == ast.unparse(other)


def sources() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")
        for file in sorted((ROOT / folder).rglob("*.ipynb")):
            cells = [cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code"]
            yield str(file.relative_to(ROOT)), "\n".join(cell.source for cell in cells)


def test_nothing_else_rounds_or_hides_a_count() -> None:
    found = [
        (name, function, way)
        for name, source in sources()
        if not name.startswith(DOOR)
        for function, way in ways(source)
        if (name, function) not in ALLOWED
    ]
    assert found == []


def test_what_is_allowed_is_still_there() -> None:
    there = {(name, function) for name, source in sources() for function, _ in ways(source)}
    assert set(ALLOWED) <= there


@pytest.mark.parametrize(
    "way",
    [
        "((nb + BASE // 2) // BASE) * BASE",
        "pl.col('nb') // 5 * 5",
        "5 * (nb // 5)",
        "nb - nb % base",
        "round(nb / base) * base",
        "F.round(F.col('nb') / 5) * 5",
        "(nb / base).round().mul(base)",
        "parts < SEUIL",
        "frame['nb'] < study.disclosure.threshold",
        "nb >= 2 * rules.threshold",
    ],
)
def test_a_way_to_round_or_to_hide_is_recognised(way: str) -> None:
    assert [found for _, found in ways(way)] == [ast.unparse(ast.parse(way, mode="eval"))]
    assert not list(ways("days // 365 * 12")) + list(ways("weight >= settings.threshold"))
