"""The register of hand-outs: read before anything is drawn, written before any file, never rewritten."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import pandas as pd

from linkage.governance.seals import Seals
from linkage.platform.errors import InputError
from linkage.platform.lake.lock import person
from linkage.platform.lake.store import Store
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.attack import Published
from linkage.study_extracts.disclosure.counts import COLUMNS, STATE, VALUE, Population, Unknown, name_counts
from linkage.study_extracts.tables import NB
from linkage.tables.study_extracts import HandOut, ReleasedCell

RULES = (HandOut.threshold, HandOut.blur, HandOut.base)
"""What all releases of a lake keep."""
PUBLIC, TABLES, MICRODATA = "public", "tableaux", "microdonnees"
FOLDER, BEFORE = "study_extracts", ("releases", "releases_delais")
"""Registers of an earlier rule, under which other noise was drawn."""


class Register:
    """What left a lake, whatever the study and the recipient."""

    def __init__(self, store: Store, *, key_id: str, seals: Seals) -> None:
        self._store, self._key_id, self._seals = store, key_id, seals

    def hand_outs(self) -> pd.DataFrame:
        """Return every hand-out, the first first.

        Raises
        ------
        InputError
            The register cannot be trusted: it is of an earlier rule, it is gone although studies have tables, or
            something left under another key.
        """
        children = set(self._store.files.children(f"{self._store.lake}/{FOLDER}"))
        place = f"--lake {self._store.lake}: {FOLDER}"
        if old := sorted(children & {*BEFORE}):
            raise InputError(
                f"{place}/{old[0]}: releases of an earlier version of the code, whose noise was drawn otherwise: both "
                f"together would tell. If none was handed out, delete {FOLDER} in this lake; else use another lake."
            )
        studies = children - {path.rpartition("/")[2] for path in (HandOut.path, ReleasedCell.path)}
        if studies and not self._store.exists(HandOut):
            raise InputError(
                f"{place} has tables of {', '.join(sorted(studies))} and no register {HandOut.path}: what left is not "
                "known. Put it back; nothing leaves without it."
            )
        rows: pd.DataFrame = self._store.read_or_empty(HandOut).toPandas()
        if others := sorted(set(rows[HandOut.key_id]) - {self._key_id}):
            raise InputError(
                f"--key: key {self._key_id} given; the releases of this lake: key {', '.join(others)} found. Under two "
                "keys the same persons have two noises, and both together would tell."
            )
        return rows.sort_values([HandOut.remis_le, HandOut.remise], kind="stable")

    def released(self, rules: DisclosureSettings, regions: Mapping[str, str]) -> list[Published]:
        """Return the tables that left, of every study and version, the first first.

        Raises
        ------
        InputError
            Cells of a hand-out are missing, or they were perturbed by other rules.
        """
        rows = self.hand_outs()
        rows = rows[rows[HandOut.contenu] == TABLES].drop_duplicates(HandOut.empreinte)
        others = {tuple(int(row[name]) for name in RULES) for row in rows.to_dict("records")}
        given = tuple(getattr(rules, name) for name in RULES)
        if others - {given}:
            raise InputError(
                f"disclosure: threshold, blur and base {given} declared; {sorted(others - {given})} released before in "
                "this lake. All releases keep the same rules, or differences between them would tell."
            )
        cells: pd.DataFrame = self._store.read_or_empty(ReleasedCell).toPandas()
        if rows.size and ReleasedCell.sceau not in cells:
            raise InputError(
                f"{ReleasedCell.path}: no column {ReleasedCell.sceau} found: these cells are of an earlier version of "
                "the code, and what a later release tells of them cannot be checked. If none was handed out, delete "
                f"{FOLDER} in this lake; else use another lake."
            )
        of_release = dict(list(cells.groupby(ReleasedCell.empreinte)))
        releases = []
        for row in rows.to_dict("records"):
            shown = of_release.get(row[HandOut.empreinte])
            if shown is None or len(shown) != row[HandOut.lignes]:
                raise InputError(
                    f"{ReleasedCell.path}: {0 if shown is None else len(shown)} cells of hand-out "
                    f"{row[HandOut.remise]} found, {row[HandOut.lignes]} expected: what left is not known. "
                    "Nothing was written."
                )
            shown = shown.drop_duplicates(ReleasedCell.key)
            of: Population = json.loads(shown[ReleasedCell.population].iloc[0])
            renamed = shown.rename(columns={str(old): new for old, new in COLUMNS.items()})
            releases.append(Published(name_counts(renamed, of, regions), of, str(row[HandOut.version])))
        return releases

    def seal(self, cells: pd.DataFrame, of: Population, *, version: str) -> pd.DataFrame:
        """Add to exact cells the column ``sceau``: the count, which the register keeps and only the key opens."""
        names = _names_of_counts(cells, of, version=version)
        sealed = [self._seals.seal(int(nb), *name) for nb, name in zip(cells[NB], names, strict=True)]
        return cells.assign(**{ReleasedCell.sceau: sealed})

    def counts_of(self, release: Published) -> dict[Unknown, int]:
        """Return the exact counts of a release that ``released`` returns.

        Raises
        ------
        InputError
            A seal is not of this key, or was altered.
        """
        names = _names_of_counts(release.cells, release.of, version=release.version)
        counts = [
            self._seals.open(sealed, *name)
            for sealed, name in zip(release.cells[ReleasedCell.sceau], names, strict=True)
        ]
        if altered := sum(nb is None for nb in counts):
            raise InputError(
                f"{ReleasedCell.path}: {altered} cells of version {release.version} whose {ReleasedCell.sceau} does "
                "not open found, none expected: the table was altered. Put it back; nothing leaves without it."
            )
        return {one: nb for one, nb in zip(release.cells["variable"], counts, strict=True) if nb is not None}

    def write(self, hand_out: Mapping[str, Any], cells: pd.DataFrame | None = None) -> str:
        """Write a hand-out before its files, and its cells where they are not there yet; return its number.

        Cells come first: a hand-out without cells would stop all that follow, cells without hand-out say nothing, and
        the same command finds them there.
        """
        if cells is not None and hand_out[HandOut.empreinte] not in self._imprints_of_cells():
            self._store.append(self._store.from_pandas(cells, ReleasedCell), ReleasedCell)
        row = {
            **dict.fromkeys(HandOut.names()),
            **hand_out,
            HandOut.remise: uuid.uuid4().hex,
            HandOut.remis_le: datetime.now(timezone.utc).replace(tzinfo=None),
            HandOut.remis_par: person(),
            HandOut.key_id: self._key_id,
        }
        self._store.append(self._store.from_pandas(pd.DataFrame([row], dtype=object), HandOut), HandOut)
        return str(row[HandOut.remise])

    def _imprints_of_cells(self) -> set[str]:
        imprints = self._store.read_or_empty(ReleasedCell).select(ReleasedCell.empreinte).distinct()
        return {row[ReleasedCell.empreinte] for row in imprints.collect()}


def _names_of_counts(cells: pd.DataFrame, of: Population, *, version: str) -> list[tuple[str, ...]]:
    """Return what each count is sealed under: a seal moved to another cell does not open."""
    population = json.dumps(of, sort_keys=True)
    places = zip(*(cells[name] for name in ("table", "row", "column")), strict=True)
    return [(version, population, *place) for place in places]


def cells_of(protected: pd.DataFrame, of: Population, *, version: str, imprint: str) -> pd.DataFrame:
    """Return the rows of ``registre_cases`` of protected cells: what was shown, and the exact count sealed."""
    named = protected.rename(columns={new: str(old) for old, new in COLUMNS.items()})
    return named.assign(
        **{
            ReleasedCell.empreinte: imprint,
            ReleasedCell.version: version,
            ReleasedCell.population: json.dumps(of, sort_keys=True),
            ReleasedCell.valeur: protected[VALUE],
            ReleasedCell.etat: protected[STATE],
        }
    )[ReleasedCell.names()]
