"""Everything that left, read together by someone who knows the rules: tables, studies, periods, versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jobs.study_extracts.declaration import declared
from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import StudySettings
from linkage.study_extracts import population, published
from linkage.study_extracts.disclosure.attack import GAP, Published, attack
from linkage.study_extracts.disclosure.counts import COMPLEMENT, SMALL, STATE, VALUE, Variable
from linkage.study_extracts.disclosure.counts import population as population_of
from linkage.study_extracts.disclosure.door import AIM
from linkage.study_extracts.tables import TOTAL, WHOLE
from linkage.tables.study_extracts import SHOWN
from linkage.versions import nomenclatures
from tests.study_extracts.disclosure.drawn_studies import release, victims

STUDY, OTHER = declared("violences_conjugales"), declared("homicides")
NATINF = population.codes(STUDY.population, nomenclatures.conjugal_offences())
DEADLY = population.codes(OTHER.population, ())
FEWER_YEARS = STUDY.model_copy(update={"population": STUDY.population.model_copy(update={"last_year": 2022})})
RULES = STUDY.disclosure


@dataclass
class Office:
    """What an office has handed out, with the truth beside it."""

    released: list[Published] = field(default_factory=list)
    truths: list[dict[Any, int]] = field(default_factory=list)

    def hand_out(self, people: pd.DataFrame, study: StudySettings, natinf: Sequence[str], version: str) -> Published:
        of = people[people["natinf"].isin(natinf)]
        if study is OTHER:
            of = of.assign(genre="couple", tranche_age="15-29")
        if study is FEWER_YEARS:
            of = of[of["millesime"] != "2023"]
        left, truth = release(of, study, natinf, version=version, earlier=self.released, counted_before=self.truths)
        self.released.append(left)
        self.truths.append(truth)
        return left

    def rightly_guessed(self, *, bounded: bool = False) -> dict[Any, tuple[float, int]]:
        """Chance and count of the small counts that somebody is in, as the best guess has them in any version."""
        beliefs = attack(self.released, RULES, bounded=bounded).beliefs()
        found: dict[Any, tuple[float, int]] = {}
        for truth in self.truths:
            for one, nb in truth.items():
                if 0 < nb < RULES.threshold and one in beliefs:
                    found[one] = max(found.get(one, (0.0, 0)), (float(beliefs[one][nb]), nb))
        return found


def later(people: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """The next version: three procedures gone, four new, two affairs corrected."""
    draws = np.random.default_rng(year)
    kept = people.drop(draws.choice(people.index, 3, replace=False))
    now = pd.concat([kept, victims(4, seed=100 + year, natinf=NATINF)], ignore_index=True)
    corrected = victims(2, seed=200 + year, natinf=NATINF)
    course = ["orientation", "mode", "decision", "culpabilite", "famille_motif", "motif", "mois_fin", "liaison"]
    now.loc[draws.choice(now.index, 2, replace=False), course] = corrected[course].to_numpy()
    return now


@pytest.fixture(scope="module")
def office() -> Office:
    """Ten releases: six annual versions of a study, two of its years, two of another study."""
    made, people = Office(), victims(800, seed=26, natinf=NATINF)
    for year in range(6):
        people = later(people, year=year) if year else people
        made.hand_out(people, STUDY, NATINF, f"v{year}")
        if year in (1, 3):
            made.hand_out(people, FEWER_YEARS, NATINF, f"v{year}")
        if year in (0, 2):
            made.hand_out(people, OTHER, DEADLY, f"v{year}")
    return made


def test_ten_releases_in_a_row_leave_without_a_refusal(office: Office) -> None:
    assert len(office.released) == 10
    large = [sum(nb >= RULES.threshold for nb in truth.values()) for truth in office.truths]
    shown = [len({*one.cells.loc[one.cells[STATE] == SHOWN, "variable"]}) for one in office.released]
    assert all(seen > 0.9 * whole for seen, whole in zip(shown, large, strict=True))


def test_no_small_count_is_guessed_with_more_than_the_declared_certainty(office: Office) -> None:
    """In every table, study, period and version together; and none is known for certain."""
    guessed = office.rightly_guessed()
    assert len(guessed) > 100
    assert max(chance for chance, _ in guessed.values()) <= RULES.certainty


def test_no_cell_is_hidden_for_a_guess_of_another_release_that_is_wrong() -> None:
    """Whole study, then fewer of its years: most guesses of what the years between have are wrong."""
    office, people = Office(), victims(800, seed=27, natinf=NATINF)
    office.hand_out(people, STUDY, NATINF, "v")
    left = office.hand_out(people, FEWER_YEARS, NATINF, "v")
    hidden = {*left.cells.loc[left.cells[STATE] == COMPLEMENT, "variable"]}
    large = sum(nb >= RULES.threshold for nb in office.truths[-1].values())
    assert len(hidden) < 0.05 * large


def test_who_works_out_the_bounds_of_counts_hidden_for_others_guesses_hardly_more(office: Office) -> None:
    """The door does not hide for that: a cell hidden for another would need a third."""
    guessed = office.rightly_guessed(bounded=True)
    assert sum(chance > RULES.certainty for chance, _ in guessed.values()) <= 0.005 * len(guessed)


def test_without_the_door_s_attack_some_would_be_guessed_too_well() -> None:
    """In a small study the perturbation alone is not enough: a few cells more are hidden."""
    blind = STUDY.model_copy(update={"disclosure": RULES.model_copy(update={"rounds": 1, "certainty": 0.999})})
    people, alone, guarded = victims(300, seed=30, natinf=NATINF), Office(), Office()
    alone.hand_out(people, blind, NATINF, "v")
    left = guarded.hand_out(people, STUDY, NATINF, "v")
    chances = [max(chance for chance, _ in one.rightly_guessed().values()) for one in (alone, guarded)]
    assert chances[0] > AIM * RULES.certainty >= chances[1]
    assert 0 < (left.cells[STATE] == COMPLEMENT).sum() < 0.02 * len(left.cells)


def test_a_release_that_the_rounds_do_not_settle_is_refused() -> None:
    """What the last round would hide is not looked at again: nothing leaves."""
    hasty = STUDY.model_copy(update={"disclosure": RULES.model_copy(update={"rounds": 1, "certainty": 0.6})})
    with pytest.raises(ContractError, match="can be guessed with a chance above 60%"):
        Office().hand_out(victims(300, seed=30, natinf=NATINF), hasty, NATINF, "v")


def test_the_same_persons_are_shown_alike_in_every_table_study_period_and_version(office: Office) -> None:
    """A year does not depend on the others; a full cell is its total."""
    values: dict[Any, set[Any]] = {}
    for left, truth in zip(office.released, office.truths, strict=True):
        for one, value, state in zip(left.cells["variable"], left.cells[VALUE], left.cells[STATE], strict=True):
            if state == SHOWN and one.row != WHOLE:
                values.setdefault((left.version, one, truth[one]), set()).add(int(value))
    assert all(len(seen) == 1 for seen in values.values())


def test_a_version_released_again_after_others_shows_what_it_showed() -> None:
    first = victims(900, seed=17, natinf=NATINF)
    office, again = Office(), later(later(first, year=1), year=2)
    for people, version in ((first, "v0"), (again, "v1"), (later(again, year=3), "v2"), (first, "v0")):
        office.hand_out(people, STUDY, NATINF, version)
    shown = [left.cells[["table", "row", "column", VALUE, STATE]] for left in office.released]
    pd.testing.assert_frame_equal(shown[0], shown[3])
    assert not shown[0].equals(shown[2])


def test_a_later_version_moves_few_values_and_none_by_more_than_what_it_gained(office: Office) -> None:
    """Seven procedures in 800 differ: the difference of two versions is rounding, not the seven."""
    first, second = (one.cells for one in office.released if one.version in ("v0", "v1") and one.of["natinf"] != [*DEADLY]
                     and one.of["years"][1] == 2023)  # fmt: skip
    both = first.merge(second, on=["table", "row", "column"]).dropna(subset=["valeur_x", "valeur_y"])
    moved = both["valeur_x"] != both["valeur_y"]
    assert moved.mean() < 0.1
    assert set((both["valeur_x"] - both["valeur_y"]).abs()) <= {0, 5}


def test_what_is_left_of_a_population_without_another_is_not_known_either(office: Office) -> None:
    """Years without one of them, victims without their procedures: differences of shown counts are counts too."""
    posterior = attack(office.released, RULES)
    truth: dict[str, dict[Any, int]] = {left.version: {} for left in office.released}
    for left, counts in zip(office.released, office.truths, strict=True):
        truth[left.version] |= counts
    chances = []
    for one, belief in posterior.beliefs().items():
        if one[0] == GAP:
            large, small = Variable(*one[1:7]), Variable(*one[7:13])
            exact = {counts[large] - counts[small] for counts in truth.values() if large in counts and small in counts}
            at = [nb - posterior.first[one] for nb in exact if 0 < nb < RULES.threshold]
            chances += [(float(belief[nb]), nb, len(exact), one) for nb in at if 0 <= nb < len(belief)]
    assert chances
    # The door hides for them what it can, and refuses no release for them.
    assert max(chances)[0] < 0.95
    assert sum(chance > RULES.certainty for chance, *_ in chances) <= 0.02 * len(chances)


def test_a_study_and_that_of_fewer_of_its_years_add_up_with_the_years_between() -> None:
    office, people = Office(), victims(800, seed=27, natinf=NATINF)
    released = [office.hand_out(people, one, NATINF, "v") for one in (STUDY, FEWER_YEARS)]
    study, fewer = (
        set(one.cells.loc[one.cells["row"].eq(WHOLE) & one.cells["by"].eq("millesime"), "variable"]) for one in released
    )
    alone, together = (
        [
            total
            for total, parts in attack(releases, RULES).equations
            if total[:6] in study and {part[:6] for part in parts} & fewer
        ]
        for releases in (released[:1], released)
    )
    assert not alone
    assert together


def test_rows_and_columns_are_the_same_whoever_is_there() -> None:
    """Without anyone of one département, or acquitted: the tables have the same rows and columns."""
    people = victims(600, seed=3, natinf=NATINF)
    fewer = people[(people["code_departement"] != "48") & (people["decision"] != "acquittement")]
    cells = [Office().hand_out(one, STUDY, NATINF, "v").cells[["table", "row", "column"]] for one in (people, fewer)]
    pd.testing.assert_frame_equal(*cells)


def test_a_count_hidden_for_another_is_bounded_by_its_sums_and_so_protects_less() -> None:
    """A row hides 20 beside 3 in a total of 23: the other row and the margin say that the first is 20 or so."""
    of = population_of(STUDY, NATINF)
    shown = {
        ("F", "oui"): 30,
        ("F", "non"): 40,
        ("F", TOTAL): 70,
        ("M", TOTAL): 25,
        (WHOLE, "oui"): 50,
        (WHOLE, TOTAL): 95,
    }
    states = {("M", "oui"): COMPLEMENT, ("M", "non"): SMALL, (WHOLE, "non"): COMPLEMENT}
    cells = pd.DataFrame([(row, column) for row in ("F", "M", WHOLE) for column in ("oui", "non", TOTAL)])
    cells.columns = ["row", "column"]
    places = list(zip(cells["row"], cells["column"], strict=True))
    cells = cells.assign(
        table="t", unit="victime", by="sexe", indicator="mode", part=None,
        variable=[Variable("p", "victime", "sexe", row, "mode", column) for row, column in places],
        **{VALUE: pd.array([shown.get(place) for place in places], dtype="Int64")},
        **{STATE: [states.get(place, SHOWN) for place in places]},
    )  # fmt: skip
    released = [Published(cells, of, "v")]
    small = Variable("p", "victime", "sexe", "M", "mode", "non")
    without, bounded = (attack(released, RULES, bounded=one).beliefs()[small] for one in (False, True))
    assert without == pytest.approx(attack(released, RULES, bounded=False).prior[small])
    assert bounded[3] > 1.3 * without[3]


def test_a_full_cell_is_shown_and_is_not_told_from_one_that_lacks_a_few() -> None:
    """Everybody recorded by gendarmes was prosecuted: to the attacker, up to four may not have been."""
    people = victims(1200, seed=9, natinf=NATINF)
    full = people["force"] == "GN"
    people.loc[full, ["orientation", "mode", "decision", "famille_motif"]] = ["poursuites", "copj", "en_attente", None]
    office = Office()
    office.hand_out(people, STUDY, NATINF, "v")
    beliefs = attack(office.released, RULES).beliefs()
    rest = [one for one in beliefs if isinstance(one, Variable) and (one.by, one.row) == ("force", "GN") and one.indicator == "orientation"
            and one.column != TOTAL]  # fmt: skip
    assert len(rest) == 4
    assert all(beliefs[one][0] < 0.95 for one in rest)


def test_headline_shares_are_those_of_exact_counts_within_half_a_point() -> None:
    people = victims(5000, seed=4, natinf=NATINF)
    left, truth = release(people, STUDY, NATINF)
    cells = left.cells[(left.cells["table"] == "orientation_annee") & (left.cells["row"] == WHOLE)].set_index("column")
    for column, cell in cells.iterrows():
        whole = cells.loc[TOTAL]
        exact = truth[cell["variable"]] / truth[whole["variable"]]
        assert cell[VALUE] / whole[VALUE] == pytest.approx(exact, abs=0.005), column


def test_weighted_shares_follow_the_weights_and_where_all_weigh_one_they_are_the_others() -> None:
    people = victims(5000, seed=4, natinf=NATINF)
    left, _ = release(people, STUDY, NATINF)
    shaped = published.shape_cells(left.cells, STUDY, version="v")
    rows = shaped[
        (shaped["tableau"] == "orientation_annee") & (shaped["modalite"] == WHOLE) & shaped["part_ponderee"].notna()
    ]
    assert len(rows) == 5
    assert rows["part_ponderee"].to_numpy(float) == pytest.approx(rows["part"].to_numpy(float), abs=0.01)
