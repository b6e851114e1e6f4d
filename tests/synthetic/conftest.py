"""One small country for all these tests: three vintages, units small enough to have sisters."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession

from jobs.synthetic.deliveries import write_deliveries
from linkage.platform import config
from linkage.synthetic import SyntheticSettings, build
from linkage.synthetic.build import extraction_date
from linkage.synthetic.kept import keep_in_memory

PROCEDURES, YEARS, SEED = 2400, (2021, 2023), 3


@dataclass
class Country:
    """A country built and written: its frames, those the generator kept, and its files read back as text."""

    settings: SyntheticSettings
    folder: Path
    frames: dict[str, DataFrame]
    kept: dict[str, DataFrame] = field(default_factory=dict)

    def files(self, pattern: str) -> list[Path]:
        return sorted(file for file in self.folder.glob(pattern) if file.is_file())

    def table(self, source: str, name: str) -> pd.DataFrame:
        """All vintages of a file, as text, with the vintage they were delivered in."""
        read = [
            pd.read_csv(file, sep=";", dtype=str, keep_default_na=False).assign(millesime=file.parent.name[-4:])
            for file in self.files(f"{source}_*/{name}.csv")
        ]
        return pd.concat(read, ignore_index=True)

    def police(self, name: str) -> pd.DataFrame:
        return pd.concat([self.table("lrppn", name), self.table("lrpgn", name)], ignore_index=True)

    def truth(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / "truth" / f"{name}.csv", sep=";", dtype=str)


def synthetic_settings() -> SyntheticSettings:
    content = {**config.toml("synthetic/country.toml"), "noise": config.toml("synthetic/noise.toml")}
    return config.validated(content, SyntheticSettings, where="conf/synthetic")


def make_country(spark: SparkSession, folder: Path, *, seed: int = SEED) -> Country:
    settings = synthetic_settings()
    small_units = {
        "procedures_par_unite_gendarmerie": 150,
        "procedures_par_service_police": 200,
        "part_code_reemis": 1.0,
    }
    settings = settings.model_copy(update={"territoire": settings.territoire.model_copy(update=small_units)})
    country = Country(settings, folder, {})

    def keep(frame: DataFrame, name: str) -> DataFrame:
        country.kept[name] = keep_in_memory(frame, name)
        return country.kept[name]

    nomenclatures = [config.nomenclature(name) for name in ("communes", "natinf", "tribunaux")]
    country.frames = build(
        spark, settings, *nomenclatures, procedures=PROCEDURES, seed=seed, years=YEARS, noise="harsh", keep=keep
    )
    extraction = extraction_date(settings, YEARS)
    write_deliveries(country.frames, str(folder), procedures=PROCEDURES, years=YEARS, extraction=extraction)
    return country


@pytest.fixture(scope="session")
def country(_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Country:
    return make_country(_session, tmp_path_factory.mktemp("country") / "deliveries")
