"""Which file under ``conf/`` sets what. The only reader of that folder, from a checkout or from the shipped zip."""

from __future__ import annotations

import csv
import hashlib
import importlib.resources
import json
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from linkage.platform.errors import InputError
from linkage.platform.nearest import did_you_mean

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from importlib.abc import Traversable

    from pydantic_core import ErrorDetails

SettingsType = TypeVar("SettingsType", bound=BaseModel)
EXPECTED = {
    "string_type": "a text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "date_type": "a date",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}
"""Pydantic's names of a value of another type, and what was expected then, in TOML's words."""
FOUND = {bool: "the value", str: "the text", float: "the number", int: "the number", tuple: "a list", dict: "a table"}


def conf() -> Traversable:
    """Return the ``conf/`` folder that travels with this code."""
    package: Any = importlib.resources.files("linkage")
    folder: Traversable = package.parent / "conf"
    return folder


def names(folder: str, suffix: str) -> list[str]:
    """Return the files of one folder of ``conf/``, without their suffix, sorted."""
    return sorted(
        entry.name.removesuffix(suffix) for entry in (conf() / folder).iterdir() if entry.name.endswith(suffix)
    )


def text(path: str) -> str:
    """Return a file of ``conf/`` as text.

    Raises
    ------
    InputError
        There is no such file; the message lists those that there are.
    """
    file = conf().joinpath(*path.split("/"))
    if not file.is_file():
        folder, _, name = path.rpartition("/")
        there = sorted(entry.name for entry in (conf() / folder).iterdir())
        raise InputError(f"conf/{path}: no such file; conf/{folder} has {', '.join(there)}.{did_you_mean(name, there)}")
    return file.read_text(encoding="utf-8-sig")


def toml(path: str) -> dict[str, Any]:
    """Return a TOML file of ``conf/`` as it stands."""
    try:
        return tomllib.loads(text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"conf/{path}: not valid TOML: {error}.") from None


def settings(path: str, kind: type[SettingsType]) -> SettingsType:
    """Return a TOML file of ``conf/`` as typed settings.

    Raises
    ------
    InputError
        A key is unknown, missing, of a wrong type or out of range; all problems at once.
    """
    return validated(toml(path), kind, where=f"conf/{path}")


def validated(content: dict[str, Any], kind: type[SettingsType], *, where: str) -> SettingsType:
    """Return typed settings from a mapping; every problem is named, with its key, what was found and expected.

    A value of another type is refused, a number written as a text as well.
    """
    try:
        return kind.model_validate(_frozen(content), strict=True)
    except ValidationError as error:
        raise InputError([_sentence(problem, kind, where) for problem in error.errors()]) from None


def _frozen(value: Any) -> Any:
    """Return what TOML gives with tuples for its lists: settings are frozen."""
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _sentence(problem: ErrorDetails, kind: type[BaseModel], where: str) -> str:
    key, found = ".".join(str(part) for part in problem["loc"]), problem["input"]
    place = ": ".join(part for part in (where, key) if part)
    if problem["type"] == "missing":
        return f"{place}: missing setting."
    if problem["type"] == "extra_forbidden":
        known, name = _list_settings(kind, problem["loc"][:-1]), str(problem["loc"][-1])
        return f"{place}: unknown setting; known there: {', '.join(known)}.{did_you_mean(name, known)}"
    if expected := EXPECTED.get(problem["type"]):
        word = next((word for of, word in FOUND.items() if isinstance(found, of)), "the value")
        shown = "" if isinstance(found, dict | tuple) else f" {json.dumps(found, ensure_ascii=False, default=str)}"
        return f"{place}: {word}{shown} found, {expected} expected."
    value = "" if isinstance(found, dict) else f", found {json.dumps(found, default=str)}"
    return f"{place}: {problem['msg'].removeprefix('Value error, ')}{value}."


def _list_settings(kind: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    fields = kind.model_fields
    for part in path:
        annotation = fields[part].annotation if isinstance(part, str) and part in fields else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return ["see the declaration in linkage/settings"]
        fields = annotation.model_fields
    return sorted(fields)


def settings_hash(*parts: BaseModel) -> str:
    """Return the SHA-256 of settings in canonical form: the same for the same settings, whatever the file's layout."""
    canonical = [part.model_dump(mode="json") for part in parts]
    return hashlib.sha256(json.dumps(canonical, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def nomenclature(name: str) -> list[dict[str, str]]:
    """Return the rows of ``conf/nomenclatures/<name>.csv``; lines that begin with ``#`` say source and licence."""
    lines = [line for line in text(f"nomenclatures/{name}.csv").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter=";"))
