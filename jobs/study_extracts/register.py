"""The register of hand-outs: read before anything is drawn, written before any file, never rewritten."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import pandas as pd

from linkage.platform.errors import InputError
from linkage.platform.lake.lock import person
from linkage.platform.lake.store import Store
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.attack import Published
from linkage.study_extracts.disclosure.counts import COLUMNS, STATE, VALUE, Population, name_counts
from linkage.tables.study_extracts import HandOut, ReleasedCell

RULES = (HandOut.threshold, HandOut.blur, HandOut.base)
"""What all releases of a lake keep."""
PUBLIC, TABLES, MICRODATA = "public", "tableaux", "microdonnees"
FOLDER, BEFORE = "study_extracts", ("releases", "releases_delais")
"""Registers of an earlier rule, under which other noise was drawn."""


class Register:
    """What left a lake, whatever the study and the recipient."""

    def __init__(self, store: Store, *, key_id: str) -> None:
        self._store, self._key_id = store, key_id

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


def cells_of(protected: pd.DataFrame, of: Population, *, version: str, imprint: str) -> pd.DataFrame:
    """Return the rows of ``registre_cases`` of protected cells: what was shown, never an exact count."""
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
