"""What a seal keeps: the number, for whoever has the key; nothing for anybody else."""

from __future__ import annotations

import pytest

from linkage.governance.seals import Seals

ROOT = bytes(range(32))
SEALS = Seals(ROOT, "register")


@pytest.mark.parametrize("number", [0, 3, 10, 807_000])
def test_a_number_is_opened_by_the_key_and_under_its_name_alone(number: int) -> None:
    sealed = SEALS.seal(number, "v1", "orientation", "Ensemble")
    assert SEALS.open(sealed, "v1", "orientation", "Ensemble") == number
    assert SEALS.open(sealed, "v2", "orientation", "Ensemble") is None
    assert Seals(ROOT[::-1], "register").open(sealed, "v1", "orientation", "Ensemble") is None
    assert Seals(ROOT, "extract").open(sealed, "v1", "orientation", "Ensemble") is None


def test_a_seal_that_was_altered_does_not_open() -> None:
    sealed = SEALS.seal(3, "cell")
    for place in (0, 31):
        other = f"{sealed[:place]}{'0' if sealed[place] != '0' else '1'}{sealed[place + 1 :]}"
        assert SEALS.open(other, "cell") is None


def test_the_same_number_under_two_names_has_seals_that_do_not_look_alike() -> None:
    sealed = {SEALS.seal(number, f"cell {cell}") for number in range(10) for cell in range(100)}
    assert len(sealed) == 1000
    assert len({one[:16] for one in sealed}) == len({one[16:] for one in sealed}) == 1000
    assert SEALS.seal(3, "cell") == SEALS.seal(3, "cell")
