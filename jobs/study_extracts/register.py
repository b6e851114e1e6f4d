"""The register of releases as one release finds it: what every earlier one said, of this study or another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from linkage.platform.errors import InputError
from linkage.platform.lake.store import Store
from linkage.settings.study_extracts import StudySettings
from linkage.study_extracts.disclosure import delays as released_delays
from linkage.study_extracts.disclosure import releases
from linkage.study_extracts.disclosure.counts import SHOWN, Population
from linkage.study_extracts.disclosure.releases import Earlier
from linkage.study_extracts.tables import LINKED
from linkage.tables.study_extracts import Delay, Release, ReleasedDelay


class Register:
    """What was released before one study of one version; ``published``: when each version was."""

    def __init__(self, store: Store, study: StudySettings, version: str, published: Mapping[str, datetime]) -> None:
        self._store, self._study, self._version, self._published = store, study, version, published

    def cells(self, present: Population, regions: Mapping[str, str]) -> Earlier:
        """Return what every earlier release said of the same counts.

        Raises
        ------
        InputError
            They were rounded to another base or hidden below another threshold: their differences would tell.
        """
        register: pd.DataFrame = self._store.read_or_empty(Release).toPandas()
        # The version published last, last: its values are those that a new one keeps.
        at = register[Release.version].map(self._published)
        register = register.assign(at=at).sort_values(["at", Release.release], kind="stable").drop(columns="at")
        rules = self._study.disclosure
        others = register[(register[Release.base] != rules.base) | (register[Release.threshold] != rules.threshold)]
        if len(others):
            other_rules = sorted(
                {(str(row.etude), str(row.version), int(row.base), int(row.threshold)) for row in others.itertuples()}
            )
            raise InputError(
                f"conf/studies/{self._study.study}.toml: disclosure: base {rules.base} and threshold "
                f"{rules.threshold}; released before in this lake (study, version, base, threshold): {other_rules}. "
                "All releases keep the same rules, or differences between them would tell."
            )
        return releases.read_earlier(register, present, regions, version=self._version)

    def delays(
        self, delays: pd.DataFrame, days: pd.DataFrame, of: Population, seed: bytes, *, release: str
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the delays as they may be shown beside earlier ones, and what the register keeps of them.

        Raises
        ------
        InputError
            Medians are out that the register does not have: a moved one could not be told.
        """
        study, rules = self._study, self._study.disclosure
        key_of_release = {"study": study.study, "version": self._version, "release": release, "by": study.delays.by}
        present = released_delays.register_delays(delays, days, of, rules, seed=seed, **key_of_release)
        earlier: pd.DataFrame = self._store.read_or_empty(ReleasedDelay).toPandas()
        unknown = self._without_delays(earlier)
        if release in unknown:  # Its medians are out: made again as they were, the register has them at last.
            return delays, present
        if unknown:
            self._refuse(unknown)
        hidden = released_delays.find_hidden(present, earlier, days, rules)
        out = released_delays.find_released(present, earlier)
        moved = {**out, **dict.fromkeys(hidden, [pd.NA] * len(released_delays.MEDIANS))}
        for frame in (delays, present):
            keys = list(zip(frame[Delay.etape], frame[Delay.modalite], strict=True))
            for position, name in enumerate(released_delays.MEDIANS):
                medians = zip(keys, frame[name], strict=True)
                values = [moved[key][position] if key in moved else median for key, median in medians]
                frame[name] = pd.array(values, dtype="Int64")
        return delays, present

    def _without_delays(self, delays: pd.DataFrame) -> dict[str, tuple[str, str]]:
        """Return study and version of the releases that showed linked victims and whose medians were not kept."""
        of: pd.DataFrame = self._store.read_or_empty(Release).toPandas()
        linked = of[
            (of[Release.indicateur] == LINKED) & (of[Release.categorie] == LINKED) & (of[Release.etat] == SHOWN)
        ]
        missing = linked[~linked[Release.release].isin(delays[ReleasedDelay.release])]
        return {str(row.release): (str(row.etude), str(row.version)) for row in missing.itertuples()}

    def _refuse(self, unknown: Mapping[str, tuple[str, str]]) -> None:
        runs = [f"--study {study} --version {version} (release {one})" for one, (study, version) in unknown.items()]
        raise InputError(
            f"{ReleasedDelay.path}: nothing kept of the medians of {len(runs)} earlier releases of {Release.path}: "
            f"{', '.join(sorted(runs))}. Run the job study_extracts again for each, its declaration unchanged; or, if "
            "none of them was handed out, delete study_extracts in this lake and release anew. Nothing was written."
        )
