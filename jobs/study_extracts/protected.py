"""What the job ``study_extracts`` makes on the way: the cases of a study, its protected tables, an extract."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from pyspark.sql import DataFrame

from jobs.study_extracts.names import Names
from linkage.settings.study_extracts import StudySettings, StudyUnit
from linkage.study_extracts.disclosure.counts import Population


@dataclass(frozen=True)
class Cases:
    """The cases of a study with their course, by unit; and the victims again through safer links alone."""

    units: Mapping[StudyUnit, DataFrame]
    by_least_weight: DataFrame
    unweighted: int
    """Linked procedures whose crossing has no weight: each stands for itself."""


@dataclass(frozen=True)
class ProtectedTables:
    """The tables of one study, protected: all but ``protected``, which the register keeps, may leave."""

    study: StudySettings
    version: str
    published: datetime.date
    extraction: datetime.date
    fictitious: bool
    of: Population
    protected: pd.DataFrame
    cells: pd.DataFrame
    delays: pd.DataFrame
    marks: pd.DataFrame
    estimates: pd.DataFrame
    names: Names


@dataclass(frozen=True)
class ProtectedExtract:
    """An extract for one recipient: how many persons it has, how many of them are alone, and the share left out."""

    study: StudySettings
    version: str
    fictitious: bool
    rows: DataFrame
    nb: int
    alone: int
    left_out: float
