"""The PV key (service, year, number), from every form in which it is delivered; each repair is named.

Nothing is guessed: digits swapped or wrong, a parent unit's code, a registration year stay as they are for the
linkage to weigh. Fields typed apart come first; what they lack is taken from the free text.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.standardised.reference_text import PN_CODE, add_key_in_text
from linkage.standardised.sides import plain
from linkage.tables.standardised import Reference

NUMBER_WIDTH = {"PN": 6, "GN": 5}
"""Digits of a number as each force prints it."""
SERVICE_WIDTH = 5
"""Digits of a gendarmerie unit's code."""

_YEAR = "(?:19|20)[0-9]{2}"
_PREFIX = "^(?:PV|PROCEDURE|PROC|NUMERO|NUM|NO(?=[^0-9O])|NR|N|[ .:°º#_/='\"-])+"
_YEAR_THEN_NUMBER = f"^({_YEAR})(?: *[/.-] *(?!0+(?![0-9]))[0-9]{{3,6}}|[0-9]{{5,6}})(?![0-9])"
_YEAR_THEN_SHORT_NUMBER = f"^({_YEAR})[/.-]([0-9]{{1,2}})$"
_SHORT_YEAR_THEN_NUMBER = "^([0-9]{2})[/.-][0-9]{1,2}(?![0-9])"

# What may follow a number, to the end: nothing else is a suffix, so that no digit of a number is ever left out.
_WORDS = r"[^\p{N}]*$"
_SUBNUMBER_OR_YEAR = rf" *[/-] *(?:[0-9]{{1,2}}|{_YEAR}){_WORDS}"
_DECIMALS = "(?:[.,]0{1,2})?"
# After a number of fewer digits than are printed, a letter O, I or L may be a digit of it.
_SUFFIX = f"(?={_DECIMALS}(?![OIL]){_WORDS}|{_SUBNUMBER_OR_YEAR})"
_SUFFIX_OF_WHOLE = rf"(?={_DECIMALS}{_WORDS}|[ ./-]+[0-9]{{1,2}}{_WORDS}|{_SUBNUMBER_OR_YEAR})"

# A spreadsheet's "1,2E+05": the digits that it does not show are lost.
_SCIENTIFIC = r"^[^\p{N}]*[0-9]+(?:[.,][0-9]+ *E[+-]?|E[+-])[0-9]+[^\p{N}]*$"
_BEGINS = "^O*[0-9](?![0-9]*(?:[.,][0-9]+ *E|E[+-]))"
_UNIT = (
    r"^[^A-Z\p{N}]*(?![0-9O]{1,2}[.,]000(?![0-9O]))"
    "(?:[0-9O]+|[0-9O]{1,2}[ .,'][0-9O]{3}|[0-9O]{2}[ /_-][0-9O]{3}|[0-9O]{3}[ /_-][0-9O]{2})"
    rf"{_DECIMALS}[^A-Z\p{{N}}]*$"
)
_NOT_OF_CODE = "(?<=[0-9])[.,]0{1,2}[^A-Z0-9]*$|[^A-Z0-9]"


def service(delivered: Column, force: Column) -> Column:
    """Return the unit's code: upper-case, no separators, lost leading zeros restored; null when it has no digit.

    Nulls: also what a spreadsheet wrote as a power of ten, and digits of a gendarmerie in parts that are no grouping.

    Example: ``service("1234", "GN")`` is ``"01234"``; ``service("48A1O0", "PN")`` is ``"48A100"``.
    """
    written = plain(delivered)
    code = F.regexp_replace(written, _NOT_OF_CODE, "")
    police = F.regexp_extract(code, "^([0-9O]{2})([A-Z])([0-9O]{3})$", 0)
    zeros_for_o = F.concat(
        _zeros(F.substring(police, 1, 2)), F.substring(police, 3, 1), _zeros(F.substring(police, 4, 3))
    )
    of_gendarmerie = ~force.eqNullSafe("PN") & code.rlike("^0*[0-9O]{1,5}$")
    return (
        F.when(of_gendarmerie & ~written.rlike(_UNIT) | written.rlike(_SCIENTIFIC), None)
        .when(of_gendarmerie, F.lpad(F.regexp_replace(_zeros(code), "^0+", ""), SERVICE_WIDTH, "0"))
        .when(police != "", zeros_for_o)
        .when(code.rlike("^[0-9][A-Z][0-9]{3}$"), F.concat(F.lit("0"), code))
        .when(code.rlike("[0-9]"), code)
    )


def year(delivered: Column, *, two_digit_year_pivot: int) -> Column:
    """Return the year on four digits; null when it is not written on two or four.

    Example: ``year("18", two_digit_year_pivot=50)`` is ``2018``; ``year("2018", two_digit_year_pivot=50)`` is ``2018``.
    """
    digits = year_digits(delivered)
    value = _integer(digits)
    century = F.when(F.length(digits) == 4, 0).when(value < two_digit_year_pivot, 2000).otherwise(1900)
    return value + century


def year_digits(delivered: Column) -> Column:
    """Return the two or four digits of a year, the letter O read as a zero; "" when it is not written so.

    Example: ``year_digits("2O18")`` is ``"2018"``; ``year_digits("8")`` is ``""``.
    """
    grouped = "[0-9][ .,'][0-9]{3}"
    year = rf"^[^\p{{N}}]*([0-9]{{4}}|[0-9]{{2}}|{grouped})(?:[.,]0{{1,2}})?[^\p{{N}}]*$"
    return F.regexp_replace(F.regexp_extract(_zeros(plain(delivered)), year, 1), "[^0-9]", "")


def number_body(delivered: Column) -> Column:
    """Return the delivered number from its first digit on, upper-case: "n°", "PV" and separators before it removed.

    Example: ``number_body("n° 00123")`` is ``"00123"``; ``number_body("PV 123/2")`` is ``"123/2"``.
    """
    return F.regexp_replace(plain(delivered), _PREFIX, "")


def number_read(body: Column, force: Column) -> Column:
    """Return the beginning of a number's body that is read, the rest a suffix; "" when it cannot be read exactly.

    A final letter O is a digit, and digits after a space belong to the number, only within the width the force prints.
    Nulls: "" too where digits would be left out that no suffix has, such as those of ``1,23E+05``.
    Example: ``number_read("00123/2", "GN")`` is ``"00123"``.
    """
    read = F.regexp_extract(body, _within(NUMBER_WIDTH["GN"]), 0)
    return F.when(force == "PN", F.regexp_extract(body, _within(NUMBER_WIDTH["PN"]), 0)).otherwise(read)


def _within(width: int) -> str:
    whole = f"^(?=O*[0-9])[0-9O]{{{width}}}{_SUFFIX_OF_WHOLE}"
    in_groups = f"^(?!{_YEAR} )(?=(?:[0-9] ?){{1,{width}}}$)[0-9]{{1,{width - 1}}}(?: [0-9]+)+$"
    in_thousands = "|".join(
        rf"^{first}{separator}[0-9]{{3}}{_SUFFIX}"
        # "1.000" may be a one with decimals, "386,387" two numbers.
        for separator, first in (
            (" ", f"[0-9]{{1,{width - 3}}}"),
            (r"\.(?!000)", f"[1-9][0-9]{{0,{width - 4}}}"),
            ("'", f"[0-9]{{1,{width - 3}}}"),
        )
    )
    return f"{whole}|{_YEAR_THEN_NUMBER}{_SUFFIX}|{in_groups}|{in_thousands}|^[0-9O]*[0-9]{_SUFFIX}"


def number_digits(read: Column) -> Column:
    """Return the digits of what is read of a number: no year, no spaces inside it, the letter O as a zero.

    Example: ``number_digits("2018/00123")`` is ``"00123"``.
    """
    alone = F.regexp_replace(read, f"^{_YEAR}(?= *[/.-] *[0-9]{{3,6}}|[0-9]{{5,6}})", "")
    return _zeros(F.regexp_replace(alone, "[ ./'-]", ""))


def add_key(frame: DataFrame, *, two_digit_year_pivot: int) -> DataFrame:
    """Add ``code_service``, ``annee``, ``numero`` and ``repairs`` to the frame; ``force`` where the code tells it.

    Reads ``force``, ``code_service_livre``, ``annee_livree``, ``numero_livre`` and ``reference_pv_livree``.
    Example: the GN fields ``1234``, ``18``, ``123`` give 01234, 2018, 123, and the repairs name what was changed.
    """
    force, raw_service, raw_year = F.col(Reference.force), F.col("raw_service"), F.col("raw_year")
    pivot = {"two_digit_year_pivot": two_digit_year_pivot}
    police_code = F.upper(raw_service).rlike(f"^ *{PN_CODE} *$")
    # Each step is a column of its own: written inside one another they are evaluated again at each use.
    return (
        frame.transform(add_key_in_text, Reference.reference_pv_livree, Reference.force)
        .withColumn("typed_body", number_body(F.col(Reference.numero_livre)))
        .withColumn("typed_body", _short_number_after_year(year(F.col(Reference.annee_livree), **pivot)))
        .withColumn("typed_year_in_number", F.regexp_extract("typed_body", _YEAR_THEN_NUMBER, 1))
        .withColumns(_sources_of_the_parts())
        .withColumn(Reference.force, F.coalesce(force, F.when(police_code, F.lit("PN"))))
        .withColumn("read", number_read(F.col("body"), force))
        .withColumn("digits", number_digits(F.col("read")))
        .withColumns(
            {
                Reference.code_service: service(raw_service, force),
                Reference.annee: year(raw_year, **pivot),
                Reference.numero: _integer(F.col("digits")),
            }
        )
        .withColumn(Reference.repairs, _repairs())
        .drop("typed_body", "typed_year_in_number", "raw_service", "raw_year", "body", "read", "digits", "from_text")
        .drop("text_service", "text_number", "text_year")
    )


def _short_number_after_year(typed_year: Column) -> Column:
    """Read ``2018/88`` as a year and a number where the year typed apart is that one or next to it.

    ``18/88`` beside the year 2018 is left unread: the 18 may be the year, or the number.
    """
    body = F.col("typed_body")
    year_in_number = _integer(F.regexp_extract(body, _YEAR_THEN_SHORT_NUMBER, 1))
    first = _integer(F.regexp_extract(body, _SHORT_YEAR_THEN_NUMBER, 1))
    return (
        F.when(F.abs(year_in_number - typed_year) <= 1, F.regexp_replace(body, _YEAR_THEN_SHORT_NUMBER, "$1/00$2"))
        .when(first == typed_year % 100, "")
        .otherwise(body)
    )


def _sources_of_the_parts() -> dict[str, Column]:
    """Return where each part of the key is read: its field, or the text when that field tells nothing."""
    text_service, text_year, text_number = F.col("text_service"), F.col("text_year"), F.col("text_number")
    typed_service, typed_body = F.col(Reference.code_service_livre), F.col("typed_body")
    year_in_number = F.nullif(F.col("typed_year_in_number"), F.lit(""))
    typed_year = F.when(year_digits(F.col(Reference.annee_livree)) != "", F.col(Reference.annee_livree))
    has_service, has_number = typed_service.rlike("[0-9]"), typed_body.rlike(_BEGINS)
    service_from_text = ~F.coalesce(has_service, F.lit(False)) & text_service.isNotNull()
    number_from_text = ~F.coalesce(has_number, F.lit(False)) & text_number.isNotNull()
    year_from_text = F.coalesce(typed_year, year_in_number).isNull() & text_year.isNotNull()
    return {
        "raw_service": F.when(service_from_text, text_service).otherwise(typed_service),
        "raw_year": F.coalesce(typed_year, year_in_number, text_year),
        "body": F.when(number_from_text, text_number).otherwise(typed_body),
        "from_text": service_from_text | year_from_text | number_from_text,
    }


def _repairs() -> Column:
    raw_service, raw_year, body = F.col("raw_service"), F.col("raw_year"), F.col("body")
    read, digits, code = F.col("read"), F.col("digits"), F.col(Reference.code_service)
    bare = F.regexp_replace(plain(raw_service), _NOT_OF_CODE, "")
    typed = (Reference.code_service_livre, Reference.annee_livree, Reference.numero_livre)
    parts = (code, F.col(Reference.annee), F.col(Reference.numero))
    unread = [_filled(field) & part.isNull() for field, part in zip(typed, parts, strict=True)]
    unread_text = _filled(Reference.reference_pv_livree) & F.coalesce(*(part.cast("string") for part in parts)).isNull()
    written = digits != ""
    width = F.lit(None).cast("int")
    for name, digits_printed in NUMBER_WIDTH.items():
        width = F.when(F.col(Reference.force) == name, digits_printed).otherwise(width)
    names = {
        "texte_libre": F.col("from_text"),
        "minuscules": raw_service.rlike("[a-z]") & code.isNotNull(),
        "separateurs": (F.trim(raw_service).rlike("[^A-Za-z0-9]") & code.isNotNull())
        | read.rlike("[0-9][ .'][0-9]{3}| ")
        | (plain(raw_year).rlike("[0-9][ .,'][0-9]{3}") & F.col(Reference.annee).isNotNull()),
        "lettre_o": (bare.contains("O") & (F.length(bare) <= F.length(code)) & (code != bare))
        | read.contains("O")
        | F.upper(raw_year).rlike("[0-9]O|O[0-9]"),
        "zeros_service": (F.length(code) != F.length(bare)),
        "annee_2_chiffres": F.length(year_digits(raw_year)) == 2,
        "annee_dans_numero": body.rlike(_YEAR_THEN_NUMBER),
        "prefixe": written & F.ltrim(F.upper(Reference.numero_livre)).rlike("^[^0-9O]") & ~F.col("from_text"),
        "suffixe": written & (F.length(body) > F.length(read)),
        "zeros_numero": written & (F.length(digits) < width),
        "illisible": unread[0] | unread[1] | unread[2] | unread_text,
    }
    names_that_hold = F.array(*(F.when(condition, F.lit(name)) for name, condition in names.items()))
    # Compiled; array_compact is not, nor any of the conditions in it.
    return F.array_except(names_that_hold, F.array(F.lit(None).cast("string")))


def _integer(digits: Column) -> Column:
    # What has no digit is not tried: each failure is an exception with a message.
    return F.when(digits != "", digits.try_cast("int"))


def _filled(field: str) -> Column:
    return F.coalesce(F.trim(field) != "", F.lit(False))


def _zeros(text: Column) -> Column:
    return F.translate(text, "O", "0")
