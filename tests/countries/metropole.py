"""A few large towns: dense registers, bands, frauds over the whole land, and custody that decides what is joined.

It is drawn as columns of cases, then written row by row. People are numbers of a pool: bands of four commit offences
together and come back often, couples come back, other victims hardly ever do. Who is in custody answers for all that
he did in the weeks before: those procedures leave and arrive as one affair the same day. The complaints against one
fraudster, of any unit and either force, become one affair after months, and most do not name him. Whom the files know
has a code (csns) on both sides, whom they do not has none on either; some mis en cause born abroad go by another birth
date. Instead of the day of the facts the parquet types that of the complaint. Registers are so dense that a number with
a wrong digit is that of another procedure.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from tests.countries.deliveries import ROLES, Country, Row, command, read_communes, year_of

YEARS = range(2020, 2024)
BEFORE, LOST = 200, 0.03  # days drawn before the first vintage; procedures that are not delivered
TOWNS = ("14118", "87085", "25056", "37261", "76540", "54395", "63113", "21231", "49007", "72181", "45234", "80021")
PROCEDURES_PER_TOWN = 8000  # a year
SHARES = {"couple": 0.18, "violence": 0.15, "band": 0.12, "theft": 0.40, "fraud": 0.06, "public": 0.09}
KINDS = [*SHARES]
NATINFS = {
    "couple": ("10872", "10872", "10854", "27764", "27754", "27752"),
    "violence": ("7183", "7145", "23", "7173", "10189"),
    "band": ("7151", "7203", "7145"),
    "theft": ("7151", "7151", "7203"),
    "fraud": ("7875", "6227"),
    "public": ("11496", "7990", "22828", "33"),
}
NOISE = {
    "usual": {"typed": 0.22, "digit": 0.15, "day": 0.12, "place": 0.05, "natinf": 0.12, "trait": 1.0, "left_out": 0.03},
    "harsh": {"typed": 0.32, "digit": 0.20, "day": 0.24, "place": 0.10, "natinf": 0.22, "trait": 2.2, "left_out": 0.07},
}


class Towns:
    """The cases of some towns, their people, and the dice."""

    def __init__(self, procedures: int, seed: int, noise: str) -> None:
        self.dice, self.noise = np.random.default_rng([seed, 7]), NOISE[noise]
        dice, days = self.dice, 365 * len(YEARS) + BEFORE
        self.size = size = int(procedures * days / (365 * len(YEARS)))
        self.towns = TOWNS[: procedures // len(YEARS) // PROCEDURES_PER_TOWN + 1]
        self.town = dice.integers(len(self.towns), size=size)
        self.kind = dice.choice(len(KINDS), p=[*SHARES.values()], size=size)
        self.day = datetime.date(YEARS.start, 1, 1).toordinal() - BEFORE + np.sort(dice.integers(days, size=size))
        waits = [np.zeros(size, int), dice.geometric(0.2, size), dice.integers(30, 1100, size)]
        self.recorded = self.day + np.choose(dice.choice(3, p=[0.6, 0.28, 0.12], size=size), waits)
        self.draw_places()
        self.draw_people()
        self.draw_affairs()

    def is_a(self, kind: str) -> np.ndarray[Any, Any]:
        return np.equal(self.kind, KINDS.index(kind))

    def draw_places(self) -> None:
        """Draw commune and unit: the central service has half, the town's two districts, a suburb, a brigade the rest."""
        communes = [code for code, _, _ in read_communes() if code not in self.towns]
        near = ([code for code in communes if code[:2] == town[:2]] for town in self.towns)
        self.suburbs = [self.dice.choice(codes, 30, replace=False).tolist() for codes in near]
        self.unit = self.dice.choice(5, p=[0.5, 0.14, 0.1, 0.14, 0.12], size=self.size)
        self.suburb = np.where(self.unit < 3, -1, self.dice.integers(0, 15, self.size) + 15 * (self.unit == 4))

    def draw_people(self) -> None:
        """Draw who is in each case, then everybody's traits; a negative number is nobody."""
        dice, size, self.pool = self.dice, self.size, self.size * 3
        # a low number comes back far more often: the exponent is how much
        band = (dice.random(size) ** 1.7 * size * 0.16).astype(int) * 4
        couple = (dice.random(size) ** 1.4 * size * 0.1).astype(int) * 2 + size
        fraudster = (dice.random(size) ** 1.5 * size * 0.012).astype(int) + 2 * size
        stranger = dice.integers(2 * size + size // 10, self.pool, size)
        turned = dice.random(size) < 0.1
        couples, violences, bands, thefts, frauds, publics = (self.is_a(kind) for kind in KINDS)
        unknown = thefts & (dice.random(size) < 0.9)
        self.author = np.select([couples, frauds, unknown], [couple + turned, fraudster, -1], band)
        self.victim = np.select([couples, publics], [couple + 1 - turned, -1], stranger)
        self.others = np.select([bands, violences], [dice.integers(1, 4, size), dice.random(size) < 0.12], 0)
        self.unnamed = frauds & (dice.random(size) < 0.7)
        self.abroad, often = dice.random(self.pool) < 0.2, np.arange(self.pool) < 2 * size + size // 10
        self.coded = dice.random(self.pool) < np.where(often, np.where(self.abroad, 0.6, 0.97), 0.5)
        self.born = datetime.date(2022, 1, 1).toordinal() - (dice.gamma(6, 5.5, self.pool) * 365 + 4900).astype(int)
        self.woman = np.where(np.arange(self.pool) < size, dice.random(self.pool) < 0.12, np.arange(self.pool) % 2 == 1)
        self.traits = dice.integers(0, 30, (self.pool, 3))

    def draw_affairs(self) -> None:
        """Draw what is sent, when it arrives, and which procedures are joined: each points to the first of its affair."""
        dice, size = self.dice, self.size
        self.sent_at_all = dice.random(size) < np.where(self.author < 0, 0.8, 0.92)
        fraud = self.is_a("fraud")
        slow = np.where(fraud, 10, np.exp(dice.normal(3.3, 1.0, size))).astype(int)
        at_once = (self.author >= 0) & (dice.random(size) < 0.55)
        self.sent = self.recorded + np.where(at_once, dice.integers(0, 3, size), slow)
        # one after the other of the same author: held in custody for both, or the fraudster found
        order = np.lexsort((self.recorded, self.author))
        odds = np.select([self.author < 0, fraud, self.is_a("couple")], [0, 0.7, 0.25], 0.35)[order]
        joins = (np.diff(self.author[order], prepend=-2) == 0) & (dice.random(size) < odds)
        joins &= np.diff(self.recorded[order], prepend=0) <= np.where(fraud[order], 200, 21)
        joins &= self.sent_at_all[order] & np.roll(self.sent_at_all[order], 1)
        self.main = order[~joins][np.cumsum(~joins) - 1][np.argsort(order)]
        np.maximum.at(last := np.zeros(size, int), self.main, self.sent)
        self.sent = np.where(fraud, self.sent, last[self.main])
        wait = np.where(dice.random(size) < 0.6, 0, np.minimum(np.exp(dice.normal(4.1, 1.2, size)), 900)).astype(int)
        series = fraud & (np.bincount(self.main, minlength=size) > 1)
        self.arrival = last + wait + np.where(series, dice.integers(30, 300, size), 0)

    def run(self) -> Country:
        last, numbers, affaires = dict[tuple[str, int], int](), dict[int, str](), list[Row]()
        for case in np.argsort(self.recorded, kind="stable").tolist():
            register = self.code(case), year_of(int(self.recorded[case]))
            last[register] = last.get(register, 0) + 1
            numbers[case] = f"{last[register]:0{6 if self.unit[case] < 4 else 5}}"
        rows = [self.procedure(case, numbers[case]) for case in range(self.size)]
        members: dict[int, list[int]] = {}
        for case in np.flatnonzero(self.sent_at_all):
            members.setdefault(int(self.main[case]), []).append(int(case))
        for main, cases in members.items():
            affaires += self.open_affairs(cases, [rows[case] for case in cases], int(self.arrival[main]))
        for case in self.dice.choice(self.size, len(affaires) // 9, replace=False):  # of the administrations
            arrival = int(self.recorded[case] + self.dice.integers(5, 90))
            affaires.append(self.open_affair([rows[case]], arrival, self.people(case)))
            affaires[-1] |= {"procedures": [], "origines": [], "origine": "administration"}
        return Country(YEARS, [row for row in rows if self.dice.random() > LOST], affaires)

    def code(self, case: int) -> str:
        town, unit = self.towns[self.town[case]], self.unit[case]
        return f"0{town[:2]}{town[4]}5" if unit == 4 else town[:2] + ("A100", "A201", "B202", "D301")[unit]

    def procedure(self, case: int, number: str) -> Row:
        """Write what a unit recorded of a case."""
        town, day, recorded = self.towns[self.town[case]], int(self.day[case]), int(self.recorded[case])
        place = town if self.suburb[case] < 0 else self.suburbs[self.town[case]][self.suburb[case]]
        facts = {"date_faits_debut": day, "date_faits_fin": day, "commune_faits": place}
        people = [(role, p) for role, p in self.people(case) if role == "victime" or not self.unnamed[case]]
        return facts | {
            "source": "lrppn" if self.unit[case] < 4 else "lrpgn",
            "code_service": self.code(case),
            "annee": year_of(recorded),
            "numero": number,
            "date_enregistrement": recorded,
            "date_transmission": int(self.sent[case]) if self.sent_at_all[case] else None,
            "code_tj": f"8{town[:2]}0{self.town[case] % 9 + 1}",
            "infractions": [{"natinf": self.dice.choice(NATINFS[KINDS[self.kind[case]]]), **facts, "tentative": 0}],
            "personnes": [self.person(p, role, town) | {"role": role} for role, p in people],
        }

    def people(self, case: int) -> list[tuple[str, int]]:
        author, victim = int(self.author[case]), int(self.victim[case])
        band = [author + n for n in range(int(self.others[case]) + 1)] if author >= 0 else []
        return [("mis_en_cause", p) for p in band] + ([("victime", victim)] if victim >= 0 else [])

    def person(self, number: int, role: str, town: str) -> Row:
        """Write a person as one side types it."""
        level, (a, b, c) = self.noise["trait"], self.traits[number].tolist()
        country = ("DZA", "MAR", "ROU", "SEN", "AFG")[a % 5] if self.abroad[number] else "FRA"
        abroad, luck, born = bool(self.abroad[number]), self.dice.random(8), int(self.born[number])
        places = [*self.suburbs[self.towns.index(town)], *[town] * 15]
        alias = abroad and role != "victime" and luck[0] < 0.03 * level
        coded = self.coded[number] and not alias and luck[2] > 0.05 * level
        if alias or luck[1] < 0.008 * level:
            born += int(self.dice.choice((1, -2, 10, -20, 100, -300, 365, 3652)))
        return {
            "identity": number,
            "csns": f"{number * 2654435761 % 2**40:010x}" if coded else None,
            "sexe": "F" if self.woman[number] ^ (luck[3] < 0.002 * level) else "M",
            "date_naissance": born if luck[4] > 0.02 * level else None,
            "commune_naissance": None if abroad or luck[5] < 0.05 * level else places[a + c % 16],
            "pays_naissance": country,
            "commune_residence": None if luck[6] < 0.05 * level else places[b + c % 16],
            "nationalite": country if b < 15 else "FRA",
            "profession": None if luck[7] < 0.3 * level else str(10 + c),
        }

    def open_affairs(self, cases: list[int], joined: list[Row], arrival: int) -> list[Row]:
        """Write the affair of joined cases, and what is split off (minors) or sent to another court."""
        dice, people = self.dice, [*dict.fromkeys(entry for case in cases for entry in self.people(case))]
        authors, victims = ([entry for entry in people if entry[0] == role] for role in ROLES)
        if not authors and dice.random() < 0.75:
            return []  # three in four cases without an author are not registered
        split = len(authors) > 1 and dice.random() < 0.25
        affaires = [self.open_affair(joined, arrival, authors[: 1 if split else None] + victims)]
        if split:
            affaires.append(self.open_affair(joined, arrival + int(dice.integers(0, 20)), authors[1:] + victims))
        elif authors and dice.random() < 0.025:
            affaire = self.open_affair(joined, arrival + int(dice.integers(20, 200)), people)
            affaires.append(affaire | {"code_tj": "89999"})
        return affaires

    def open_affair(self, joined: list[Row], arrival: int, people: list[tuple[str, int]]) -> Row:
        dice, main = self.dice, joined[0]
        small = all(role == "victime" for role, _ in people) and dice.random() < 0.9
        end = arrival + int(dice.exponential(100))
        town = next(town for town in self.towns if town[:2] == main["code_tj"][1:3])
        kept = [entry for entry in people if dice.random() > self.noise["left_out"]]
        odds = 0.6 if len({row["date_transmission"] for row in joined}) == 1 else 0.35
        cited = [row for row in joined if row is main or dice.random() < odds]
        return {
            "code_tj": main["code_tj"],
            "date_arrivee": arrival,
            "origine": "police" if main["source"] == "lrppn" else "gendarmerie",
            "petit_x": int(small),
            "origines": [self.key(row, lost=dice.random() < (0.55 if small else 0.04)) for row in cited],
            "infractions": [self.offence(row, town) for row in joined],
            "personnes": [self.person(p, role, town) | {"role": ROLES[role]} for role, p in kept],
            "evenements": [{"type": "classement", "date": end, "code": "71" if small else "21"}],
            "procedures": joined,
        }

    def offence(self, procedure: Row, town: str) -> Row:
        """Write an offence as the parquet types it: the day of the complaint, of the month, or a month off."""
        dice, noise, row = self.dice, self.noise, dict(procedure["infractions"][0], classe="delit")
        if dice.random() < noise["day"]:
            day, first = row["date_faits_debut"], datetime.date.fromordinal(row["date_faits_debut"]).replace(day=1)
            wrong = (procedure["date_enregistrement"], first.toordinal(), day + 30, None)
            row["date_faits_debut"] = row["date_faits_fin"] = wrong[dice.choice(4, p=(0.55, 0.15, 0.15, 0.15))]
        if dice.random() < noise["place"]:
            row["commune_faits"] = town
        if dice.random() < noise["natinf"]:
            row["natinf"] = dice.choice(("7183", "23", "7151", "10872", "7173", "6227"))
        return row

    def key(self, procedure: Row, *, lost: bool) -> Row:
        """Write the PV as it reaches the affair: transferred, typed with a slip of the finger, or lost."""
        dice, is_gn = self.dice, procedure["source"] == "lrpgn"
        unit, year, number = procedure["code_service"], str(procedure["annee"]), procedure["numero"]
        empty: Row = {"type_service": "GN" if is_gn else "PN"}
        if lost or dice.random() < self.noise["typed"]:
            if dice.random() < self.noise["digit"]:
                place = int(dice.integers(len(number) - 4, len(number)))
                number = number[:place] + str(dice.integers(10)) + number[place + 1 :]
            number = number[:-2] + number[:-3:-1] if dice.random() < self.noise["digit"] else number
            unit = f"{unit[:2]}A100" if dice.random() < self.noise["digit"] and not is_gn else unit
            form = int(dice.integers(8))
            if lost or form < 2:
                text = {"reference_pv": f"{unit} {year}/{number}"} if form else {"numero": number, "annee": year}
                return empty if lost else empty | text
            year, number = year[2:] if form == 2 else year, f"{int(number)}/2" if form == 3 else number
        return empty | {"code_service": unit, "annee": year, "numero": number}


def draw(procedures: int, seed: int, noise: str) -> Country:
    return Towns(procedures, seed, noise).run()


if __name__ == "__main__":
    command(draw)
