"""A producer's dialect is declared; a mistake in the declaration is refused by name, before Spark."""

from __future__ import annotations

from typing import Any

import pytest

from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.sources.declaration import Declaration

DIALECT = {"delimiter": ";", "quote": '"', "encoding": "utf-8", "header": True, "date_format": "yyyy-MM-dd"}


def declared(**changed: Any) -> Declaration:
    return config.validated(
        {"source": "lrpgn", "dialect": DIALECT, **changed}, Declaration, where="conf/sources/x.toml"
    )


def test_what_is_not_said_is_as_the_contract_has_it() -> None:
    layout = declared().layout("infractions")
    assert layout.header == (
        "id_procedure",
        "rang",
        "natinf",
        "date_faits_debut",
        "date_faits_fin",
        "commune_faits",
        "tentative",
    )
    assert layout.canonical == layout.header


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"delimiteur": ","}, "delimiteur: unknown setting"),
        ({"dialect": {**DIALECT, "encoding": "utf8-mac"}}, "dialect.encoding"),
        ({"dialect": {**DIALECT, "date_format": "jj/mm/aaaa"}}, "dialect.date_format"),
        ({"dialect": {**DIALECT, "date_format": "dd/mm/yyyy"}}, "one year (yyyy or yy), one month (MM or M)"),
        ({"dialect": {**DIALECT, "date_format": "ddd/MM/yyyy"}}, "ddd is no part of a date"),
        ({"dialect": {**DIALECT, "date_format": "dd/MMM/yyyy"}}, "MMM is no part of a date"),
        ({"dialect": {**DIALECT, "date_format": "yyyy-MM-ddTHH:mm:ss"}}, "T is no part of a date"),
        ({"dialect": {**DIALECT, "date_format": "yyyy-MM-dd'T"}}, "an apostrophe is left open"),
        ({"dialect": {**DIALECT, "date_format": "dd/MM/yyyyXXX"}}, "a zone (X) is read after yyyy-MM-dd"),
        ({"dialect": {**DIALECT, "date_format": "dd/MM/yy"}}, "two_digit_year_pivot: missing setting"),
        ({"dialect": {**DIALECT, "date_format": "dd/MM/yy", "two_digit_year_pivot": 100}}, "two_digit_year_pivot"),
        ({"files": {"affaires": {}}}, "files.affaires: not a file of lrpgn"),
        ({"files": {"procedures": {"columns": {"ID": "id_proc"}}}}, "column 'id_proc' is not in the contract"),
        ({"files": {"procedures": {"columns": {"ID": "id_procedure"}}}}, "column 'annee' of the contract is neither"),
        ({"files": {"infractions": {"absent": ["rang"]}}}, "column 'rang' is the key"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_by_name(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError) as refused:
        declared(**changed)
    assert named in str(refused.value)
    assert "conf/sources/x.toml" in str(refused.value)
