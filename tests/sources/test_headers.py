"""The first line of a file against its declaration, without Spark."""

from __future__ import annotations

import gzip

import pytest

from linkage.sources.declaration import Declaration
from linkage.sources.headers import read_first_line
from tests.sources.test_declaration import DIALECT

COLUMNS = "id_procedure;rang;natinf;date_faits_debut;date_faits_fin;commune_faits;tentative"


def problem(content: bytes, *, gzipped: bool = False, **dialect: object) -> str:
    declaration = Declaration.model_validate({"source": "lrpgn", "dialect": {**DIALECT, **dialect}})
    return read_first_line(
        content,
        name="d/infractions.csv",
        gzipped=gzipped,
        layout=declaration.layout("infractions"),
        dialect=declaration.dialect,
        may_be_empty=False,
    ).problem


def test_the_declared_header_is_accepted_quoted_or_after_a_byte_order_mark() -> None:
    assert problem(COLUMNS.encode()) == ""
    assert problem(b"\xef\xbb\xbf" + COLUMNS.encode() + b"\r\nG1;1") == ""
    assert problem(('"' + COLUMNS.replace(";", '";"') + '"\n').encode()) == ""
    assert problem(gzip.compress(COLUMNS.encode()), gzipped=True) == ""


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (COLUMNS.replace("natinf;", ""), "missing natinf"),
        (COLUMNS + ";agent", "not declared 'agent'"),
        (COLUMNS.replace("natinf", "code_natinf"), "missing natinf; not declared 'code_natinf'"),
        (COLUMNS.replace("rang;natinf", "natinf;rang"), "in another order: id_procedure, natinf, rang"),
        (COLUMNS + ";rang", "repeated rang"),
        (COLUMNS.upper(), "in other capitals"),
        (COLUMNS.replace(";", ","), "delimiter ',' found, ';' expected"),
        (COLUMNS.replace(";", "\t"), "delimiter tab found"),
        ("", "empty file"),
    ],
)
def test_another_header_is_refused_saying_how_it_differs(header: str, said: str) -> None:
    found = problem(header.encode())
    assert said in found
    assert found.startswith("d/infractions.csv: ")


def test_a_first_line_without_any_declared_name_is_not_shown() -> None:
    found = problem(b"G1;1;7151;2021-03-01;;2A004;0\n")
    assert "none of the declared names" in found
    assert "G1" not in found
    assert "2021-03-01" not in found


def test_a_file_without_header_is_judged_on_its_number_of_fields() -> None:
    assert problem(b"G1;1;7151;2021-03-01;;2A004;0\n", header=False) == ""
    assert "6 fields found, 7 expected" in problem(b"G1;1;7151;2021-03-01;;2A004\n", header=False)
    assert "delimiter ',' found" in problem(b"G1,1,7151,2021-03-01,,2A004,0\n", header=False)
    assert "a header found, none declared" in problem(COLUMNS.encode(), header=False)


def test_a_first_line_of_another_encoding_is_refused() -> None:
    assert "not utf-8" in problem(COLUMNS.replace("rang", "ràng").encode("iso-8859-1"))
