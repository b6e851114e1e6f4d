"""The producer's list of what it delivered: ``manifest.json``."""

from __future__ import annotations

import datetime
import json

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

CONTRACT = 1


class ManifestFile(BaseModel):
    """One file as the producer counted it."""

    model_config = ConfigDict(frozen=True, strict=True)
    lignes: int = Field(ge=0)
    sha256: str | None = Field(default=None, pattern="^[0-9a-fA-F]{64}$")


class Manifest(BaseModel):
    """The delivery as its producer describes it; further keys are the producer's own business."""

    model_config = ConfigDict(frozen=True)
    source: str
    millesime: int = Field(ge=1900, le=2100)
    date_extraction: datetime.date | None = None
    contrat: int
    fictif: StrictBool = False
    """Its persons were never there: every page made from it says so."""
    fichiers: dict[str, ManifestFile] = Field(min_length=1)


def parse(text: str, *, where: str) -> Manifest | list[str]:
    """Return the manifest, or everything that is wrong with it."""
    try:
        manifest = Manifest.model_validate(json.loads(text))
    except ValueError as error:
        if not isinstance(error, ValidationError):
            return [f"{where}: not valid JSON: {error}."]
        return [f"{where}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}." for problem in error.errors()]
    problems = []
    if manifest.contrat != CONTRACT:
        problems.append(f"{where}: contrat {manifest.contrat} found, {CONTRACT} expected.")
    if manifest.date_extraction is not None and manifest.date_extraction.year < manifest.millesime:
        problems.append(
            f"{where}: date_extraction {manifest.date_extraction} found, "
            f"a date in or after the vintage {manifest.millesime} expected."
        )
    return problems or manifest
