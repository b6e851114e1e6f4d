"""The declaration of a study, read and checked against the nomenclatures."""

from __future__ import annotations

from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.platform.nearest import did_you_mean
from linkage.settings.study_extracts import StudySettings


def declared(name: str) -> StudySettings:
    """Return a study of ``conf/studies``.

    Raises
    ------
    InputError
        There is none of that name, its declaration is at fault, or it names an offence that the nomenclature lacks.
    """
    path = f"studies/{name}.toml"
    names = config.names("studies", ".toml")
    if name not in names:
        raise InputError(
            f"--study {name}: no such study; conf/studies has {', '.join(names)}.{did_you_mean(name, names)}"
        )
    study = config.settings(path, StudySettings)
    nomenclature = {row["code"] for row in config.nomenclature("natinf")}
    codes_of = {"population": study.population.natinf} | {f"kinds {kind.name}": kind.natinf for kind in study.kinds}
    problems = [
        f"conf/{path}: {where}: natinf {code}: not in conf/nomenclatures/natinf.csv."
        for where, codes in codes_of.items()
        for code in codes
        if code not in nomenclature
    ]
    if study.study != name:
        problems.append(f"conf/{path}: study: {study.study} found, {name} expected, as the file is called.")
    if problems:
        raise InputError(problems)
    return study
