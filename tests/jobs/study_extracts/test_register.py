"""The register of an earlier code is refused: what a release tells of those before it could not be checked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from jobs.study_extracts.declaration import declared
from jobs.study_extracts.register import RULES, TABLES, Register
from linkage.governance.seals import Seals
from linkage.platform.errors import InputError
from linkage.platform.lake.store import Store
from linkage.tables.study_extracts import HandOut, ReleasedCell

RULES_OF = declared("violences_conjugales").disclosure


def test_cells_without_seals_are_of_an_earlier_code_and_nothing_leaves() -> None:
    hand_out: dict[str, Any] = dict.fromkeys(HandOut.names())
    hand_out |= {name: getattr(RULES_OF, name) for name in RULES}
    hand_out |= {HandOut.contenu: TABLES, HandOut.key_id: "key", HandOut.empreinte: "imprint", HandOut.lignes: 0}
    rows: dict[Any, pd.DataFrame] = {
        HandOut: pd.DataFrame([hand_out]),
        ReleasedCell: pd.DataFrame(columns=[name for name in ReleasedCell.names() if name != ReleasedCell.sceau]),
    }
    store = SimpleNamespace(
        lake="lake",
        files=SimpleNamespace(children=lambda _: []),
        exists=lambda _: True,
        read_or_empty=lambda table: SimpleNamespace(toPandas=lambda: rows[table]),
    )
    register = Register(cast(Store, store), key_id="key", seals=Seals(bytes(32), "register"))
    with pytest.raises(InputError, match="registre_cases: no column sceau found"):
        register.released(RULES_OF, {})
