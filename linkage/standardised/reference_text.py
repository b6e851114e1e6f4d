"""The free-text reference of a PV: which service, which number, which year it names.

Two steps. A text is first brought to a small alphabet: digits, service codes marked ``@``, numbers announced by "n°"
marked ``#``, dropped suffixes marked ``~``, ``/`` for any tight separator, a space for everything else. The forms
below, in order, then tell which run of digits is what; a text that two readings fit is left unread.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.standardised.sides import plain

PN_CODE = "(?:[0-9]{1,3}|2[AB])[A-Z][0-9]{3}"
_YEAR = "(?:19|20)[0-9]{2}"
_ALONE, _ENDS = "(?<![A-Z0-9])", "(?![A-Z0-9])"

_ALPHABET = (
    # A spreadsheet's power of ten has lost digits: what stands there is no run of digits.
    ("[0-9](?:[.,][0-9]+ *E[+-]?|E[+-])[0-9]+", "Z9Z"),
    # Nor are digits of other alphabets, of which a part would be left out.
    (r"[\p{N}&&[^0-9]]+", "Z9Z"),
    # The letter O between digits is a zero, except in the place of the letter of a police code.
    ("(?<=[0-9])O(?=[0-9])(?<!(?<![A-Z0-9])[0-9]{2}O(?=[0-9]{3}(?![A-Z0-9])))", "0"),
    # "du 12/03/2018": only the year of a date belongs to the key.
    (rf"\b(?:DU|LE|DATE) *[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-]((?:19|20)?[0-9]{{2}}){_ENDS}", " $1 "),
    # Fields written without separators, where their widths tell them apart.
    (rf"{_ALONE}([0-9]{{2}}[A-Z][0-9]{{3}})({_YEAR})([0-9]{{6}}){_ENDS}", "$1/$2/$3"),
    (rf"{_ALONE}([0-9]{{5}})({_YEAR})([0-9]{{5}}){_ENDS}", "$1/$2/$3"),
    (rf"{_ALONE}({_YEAR})([0-9]{{5,6}}){_ENDS}", "$1/$2"),
    (rf"{_ALONE}({PN_CODE}){_ENDS}", "@$1"),
    # With dashes the year comes second; a short number could be taken for it.
    (rf"((?:@[0-9A-Z]+|{_ALONE}(?!{_YEAR}-)[0-9]{{4,5}})-[0-9]{{2}})-(?!{_YEAR}{_ENDS})(?=[0-9])", "$1 #"),
    (r"(?<![A-Z0-9])(?:UNITE|SERVICE|CODE|BRIGADE|CU) *(?:N|NO|NUM|NUMERO)?[ :.=]*(?=[0-9])", " @"),
    (r"(?<![A-Z0-9])(?:N|NO|NR|NUM|NUMERO)[ :.=]*(?=[0-9])", " #"),
    # Suffixes that are words or letters, or a separator with nothing after it.
    (rf"(?<=[0-9])(?:[ /.-]*(?:BIS|TER|QUATER)|[/-]?[A-Z]){_ENDS}", "~"),
    ("(?<=[0-9])[/-](?= @?[0-9A-Z]{4,6}$)", "~"),
    # Other words carry nothing of the key.
    ("(?<![@A-Z0-9])[A-Z]+(?![A-Z0-9])", " "),
    (" *[/_.,;:-]+ *", "/"),
    ("[^0-9A-Z@#~/]+", " "),
    ("^[ /]+|[ /]+$", ""),
    # A year written twice is kept once: "18/2018/00788", "2018/00788 de 18".
    (r"(?<![0-9A-Z])(?:19|20)?([0-9]{2})[/ ]#?((?:19|20)\1)/(?=[0-9])", "$2/"),
    (r"(?<![0-9A-Z])((?:19|20)([0-9]{2}))/([0-9]+~?)[/ ](?:19|20)?\2$", "$3/$1"),
    # Two short runs before the service: either may be the year.
    ("^[0-9]{1,2}/[0-9]{1,2}~? (?=@)", ""),
)

# A number with what may follow it: a suffix dropped above, a suffix of one or two digits, digits after a space.
_NUMBER = "([0-9]+~?)"
_SUFFIXED = "([0-9]+/[0-9]{1,2})"
_GROUPED = "([0-9]{1,3} [0-9]{1,4})"

# Once the service is known: what is left, and "number|year".
_NUMBER_AND_YEAR = (
    (rf"#{_NUMBER}[/ ]({_YEAR})", "$1|$2"),
    (rf"({_YEAR})[/ ]#{_NUMBER}", "$2|$1"),
    (rf"{_YEAR}[/ ]{_YEAR}", "|"),
    (rf"{_NUMBER}[/ ]({_YEAR})", "$1|$2"),
    (rf"({_YEAR})[/ ]{_NUMBER}", "$2|$1"),
    (rf"#?{_SUFFIXED}[/ ]({_YEAR})", "$1|$2"),
    (rf"({_YEAR})[/ ]#?{_SUFFIXED}", "$2|$1"),
    (rf"#?{_GROUPED}[/ ]({_YEAR})", "$1|$2"),
    (rf"({_YEAR})[/ ]#?{_GROUPED}", "$2|$1"),
    # Two years that differ: the number beside them is sure, the year is not.
    (rf"#?{_YEAR}[/ ]([0-9]{{3,}}~?)[/ ]{_YEAR}|{_YEAR}[/ ]{_YEAR}[/ ]([0-9]{{3,}}~?)", "$1$2|"),
    (rf"([0-9]{{2}})[/ ]#(?:{_NUMBER}|{_SUFFIXED}|{_GROUPED})", "$2$3$4|$1"),
    (rf"#?{_NUMBER}[/ ]([0-9]{{2}})", "$1|$2"),
    ("([0-9]{2})/([0-9]{3,}~?)", "$2|$1"),
    ("#?([0-9]+/0?[1-9])[/ ]([0-9]{2})", "$1|$2"),
    (rf"{_GROUPED}/([0-9]{{2}})|#{_GROUPED} ([0-9]{{2}})", "$1$3|$2$4"),
    ("([0-9]{2})/([0-9]{3,}/[0-9]{1,2})", "$2|$1"),
    (rf"([0-9]{{2}})/{_GROUPED}", "$2|$1"),
    (_YEAR, "|$0"),
    (f"#?{_NUMBER}", "$1|"),
)

# A gendarmerie service looks like a number: its place tells it apart. "service|number|year".
_UNIT = "([0-9]{4,5})"
_ANNOUNCED_UNIT = f"(?:#(?=[0-9]{{5}}[/ ]))?{_UNIT}"
_BY_PLACE = (
    (rf"#{_NUMBER}[/ ]({_YEAR})[/ ]{_UNIT}", "$3|$1|$2"),
    (rf"{_NUMBER}/({_YEAR}) {_UNIT}", "$3|$1|$2"),
    (rf"{_SUFFIXED}/({_YEAR}) {_UNIT}", "$3|$1|$2"),
    (rf"({_YEAR})/{_NUMBER} {_UNIT}", "$3|$2|$1"),
    (rf"({_YEAR})/{_SUFFIXED} {_UNIT}", "$3|$2|$1"),
    (rf"({_YEAR})/{_GROUPED} {_UNIT}", "$3|$2|$1"),
    (rf"({_YEAR})[/ ]#{_NUMBER}[/ ]{_UNIT}", "$3|$2|$1"),
    (rf"({_YEAR}) {_UNIT}/{_NUMBER}", "$2|$3|$1"),
    (rf"#{_SUFFIXED}[/ ]({_YEAR}|[0-9]{{2}})", "|$1|$2"),
    (rf"{_ANNOUNCED_UNIT}~?[/ ]#?{_NUMBER}[/ ]({_YEAR})", "$1|$2|$3"),
    (rf"{_ANNOUNCED_UNIT}~?[/ ]#?{_SUFFIXED}[/ ]({_YEAR})", "$1|$2|$3"),
    (rf"{_ANNOUNCED_UNIT}~?[/ ]#?{_GROUPED}[/ ]({_YEAR})", "$1|$2|$3"),
    (rf"{_ANNOUNCED_UNIT}~?[/ ]({_YEAR})[/ ]#?{_NUMBER}", "$1|$3|$2"),
    (rf"{_ANNOUNCED_UNIT}~?[/ ]({_YEAR})[/ ]#?{_SUFFIXED}", "$1|$3|$2"),
    (rf"{_ANNOUNCED_UNIT}~?[/ ]({_YEAR})[/ ]#?{_GROUPED}", "$1|$3|$2"),
    (rf"([0-9]{{3,6}}~?)/([0-9]{{2}}) {_UNIT}", "$3|$1|$2"),
    (rf"([0-9]{{2}})/([0-9]{{3,6}}~?) {_UNIT}", "$3|$2|$1"),
    (rf"([0-9]{{2}})/([0-9]{{3,6}}/[0-9]{{1,2}}) {_UNIT}", "$3|$2|$1"),
    (rf"([0-9]{{2}})/{_GROUPED} {_UNIT}", "$3|$2|$1"),
    (rf"{_ANNOUNCED_UNIT}[/ ]([0-9]{{2}}) #(?:{_NUMBER}|{_SUFFIXED}|{_GROUPED})", "$1|$3$4$5|$2"),
    (rf"{_ANNOUNCED_UNIT}[/ ]([0-9]{{2}})/([0-9]{{3,6}}~?|[0-9]{{3,6}}/[0-9]{{1,2}})", "$1|$3|$2"),
    (rf"{_ANNOUNCED_UNIT}~?[/ ]#?{_NUMBER}[/ ]([0-9]{{2}})", "$1|$2|$3"),
    (rf"{_ANNOUNCED_UNIT}~?[/ ]#?([0-9]+/0?[1-9])[/ ]([0-9]{{2}})", "$1|$2|$3"),
    (rf"{_ANNOUNCED_UNIT}~?[/ ]#?{_GROUPED}[/ ]([0-9]{{2}})", "$1|$2|$3"),
    ("([0-9]{5})[/ ]#?([0-9]{3,6}~?)", "$1|$2|"),
)


def small_alphabet(text: Column) -> Column:
    """Return the text in the alphabet that the forms are written in; null or empty stays so."""
    # Accents typed apart from their letter, as a Mac does, are left out.
    reduced = F.translate(plain(text), "ÉÈÊËÀÂÎÔÛÇ°º\u0300\u0301\u0302\u0308\u0327", "EEEEAAIOUC  ")
    for pattern, replacement in _ALPHABET:
        reduced = F.regexp_replace(reduced, pattern, replacement)
    return reduced


def add_key_in_text(frame: DataFrame, text: str, force: str) -> DataFrame:
    """Add ``text_service``, ``text_number`` and ``text_year`` as the column ``text`` has them, or null.

    Reads ``force`` too: digits alone are not taken for the service of a police PV.
    """
    reduced, rest = F.col("text_reduced"), F.col("text_rest")
    service = F.regexp_extract(reduced, "@([0-9A-Z]+)", 1)
    by_place = F.when((service == "") & ~F.col(force).eqNullSafe("PN"), _first_form(reduced, _BY_PLACE))
    with_service = F.concat_ws("|", service, F.coalesce(_first_form(rest, _NUMBER_AND_YEAR), F.lit("|")))
    # Each step is a column of its own: written inside one another, the forms outgrow what Spark compiles.
    return (
        frame.withColumn("text_reduced", small_alphabet(F.col(text)))
        .withColumn("text_rest", F.trim(F.regexp_replace(reduced, "[/ ]*@[0-9A-Z]+~?[/ ]*", " ")))
        .withColumn("text_key", F.split(F.coalesce(by_place, with_service), r"\|", -1))
        .withColumns(
            {
                name: F.nullif(F.get(F.col("text_key"), F.lit(place)), F.lit(""))
                for place, name in enumerate(("text_service", "text_number", "text_year"))
            }
        )
        # What is zeros alone is no number: they are the decimals of one.
        .withColumn("text_number", F.when(~F.col("text_number").rlike("^0+(?![0-9])"), F.col("text_number")))
        .drop("text_reduced", "text_rest", "text_key")
    )


def _first_form(text: Column, forms: tuple[tuple[str, str], ...]) -> Column:
    """Return what the first form that fits makes of the text; null when none does."""
    for pattern, order in forms:
        text = F.regexp_replace(text, f"^(?:{pattern})$", order)
    return F.when(text.contains("|"), text)
