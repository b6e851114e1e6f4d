"""A countryside of families: brigades, feuds, thieves on tour, and a parquet whose mail waits for months.

It is told story by story. Households live at one place and come back as such (a child is the victim where its mother
was); neighbours feud and complain of each other in turn. Brigades send twice a month. The parquet opens half of its
mail at once and the rest when its backlog allows, so that delays go together in time. Stories are joined over a year,
thieves over a whole tour; few PVs of the joined are typed, and some are sent after the affair they join. A wrong number
is that of a next line of the register, a wrong unit the brigade that commands. Half of the victims have no code (csns).
"""

from __future__ import annotations

import datetime
from itertools import pairwise
from random import Random

from tests.countries.deliveries import ROLES, Country, Row, command, read_communes, year_of

YEARS = range(2018, 2024)
BEFORE = 300  # days told before the first vintage: their affairs arrive, their procedures are not delivered
LOST = 0.045  # procedures that are not delivered
DEPARTEMENTS = ("23", "09", "46", "32", "15", "36", "43", "65", "19", "82", "08", "61", "12", "18", "10", "41")
INHABITANTS_PER_PROCEDURE, BRIGADE, TOWN = 32, 20000, 12000  # a year; of a brigade; with a commissariat

STORIES = {"couple": 0.22, "feud": 0.13, "tour": 0.05, "theft": 0.40, "road": 0.20}
GOES_ON = {"couple": 0.45, "feud": 0.42, "tour": 0.72, "theft": 0.03, "road": 0.08}
ANSWERED = 0.3  # episodes of couples and feuds that are the other side's complaint, within six days
JOINED = {"couple": 0.16, "feud": 0.16, "tour": 0.6, "theft": 0.0, "road": 0.0}  # of a tour: if a thief is known
CITED = 0.45  # joined procedures whose PV is typed
NATINFS = {
    "couple": ("10872", "10854", "27765", "27760", "27754", "113"),
    "feud": ("7183", "23", "7173", "10189", "6227", "33"),
    **dict.fromkeys(("tour", "theft"), ("7151", "7203", "7990")),
    "road": ("11496", "7875", "22828"),
}
REQUALIFIED = {"10872": "10854", "10854": "7183", "27765": "10872", "7183": "23", "23": "7183", "7173": "10189"}
# keys typed by hand, of those with a wrong number or unit; facts and people typed otherwise; traits are missing `trait` times
NOISE = {
    "usual": {"typed": 0.15, "wrong": 0.16, "day": 0.10, "place": 0.07, "natinf": 0.10, "left_out": 0.04, "trait": 1},
    "harsh": {"typed": 0.30, "wrong": 0.26, "day": 0.20, "place": 0.13, "natinf": 0.20, "left_out": 0.08, "trait": 2},
}
MISSING = {"commune_naissance": 0.08, "commune_residence": 0.06, "date_naissance": 0.03, "nationalite": 0.02}
People = list[tuple[str, Row]]  # each with the role they have


class Countryside:
    """Places, households and registers, and the dice that move them."""

    def __init__(self, procedures: int, seed: int, noise: str) -> None:
        self.dice, self.noise = Random(f"campagne {seed} {noise}"), NOISE[noise]
        self.wanted, self.procedures, self.affaires = procedures, list[Row](), list[Row]()
        self.unit_of, self.sizes, self.identities = dict[str, str](), list[int](), 0
        communes = read_communes()
        for departement in DEPARTEMENTS:
            policed = 0
            for code, _, people in (row for row in communes if row[1] == departement):
                if sum(self.sizes) > INHABITANTS_PER_PROCEDURE * procedures / len(YEARS):
                    break
                brigade = f"{int(departement) * 7 % 100:02}{policed // BRIGADE * 13 + 11:03}"
                self.unit_of[code] = f"{departement}C101" if people > TOWN else brigade
                policed += 0 if people > TOWN else people
                self.sizes.append(people)
        self.communes = [*self.unit_of]
        homes = zip(self.communes, (3 + size // 25 for size in self.sizes), strict=True)
        self.homes = {commune: [self.household(commune) for _ in range(number)] for commune, number in homes}
        # days that unopened mail waits, by département and month
        self.backlog = {code[:2]: [self.dice.randint(15, 240) for _ in range(100)] for code in self.communes}

    def household(self, commune: str) -> list[Row]:
        age, dice = self.dice.randint(23, 80), self.dice
        grown, children = dice.choice(("MF", "MF", "MF", "M", "F")), dice.choice(("", "", "M", "F", "MF", "FFM"))
        ages = [age + dice.randint(-3, 3) for _ in grown] + [dice.randint(6, 17) for _ in children]
        return [self.person(commune, age, sexe) for age, sexe in zip(ages, grown + children, strict=True)]

    def person(self, commune: str, age: int, sexe: str) -> Row:
        self.identities += 1
        dice, abroad = self.dice, self.dice.random() < 0.08
        born = datetime.date(2021 - age, 1, 1).toordinal()
        return {
            "identity": self.identities,
            "csns": f"{dice.getrandbits(64):016x}",
            "sexe": sexe,
            "date_naissance": born + (0 if abroad and dice.random() < 0.15 else dice.randrange(365)),
            "commune_naissance": None if abroad else commune if dice.random() < 0.3 else dice.choice(self.communes),
            "pays_naissance": dice.choice(("GBR", "MAR", "PRT", "NLD")) if abroad else "FRA",
            "commune_residence": commune,
            "nationalite": "FRA",
        }

    def run(self) -> Country:
        dice, first, days = self.dice, datetime.date(YEARS.start, 1, 1).toordinal(), 365 * len(YEARS)
        while len(self.procedures) < self.wanted * (days + BEFORE) / days:
            self.tell(first + dice.randrange(-BEFORE, days))
        # each unit numbers what it writes, year by year, between papers that are no procedures
        last: dict[tuple[str, int], int] = {}
        self.procedures.sort(key=lambda p: int(p["date_enregistrement"]))
        for procedure in self.procedures:
            register = procedure["code_service"], procedure["annee"]
            last[register] = last.get(register, 0) + dice.choice((1, 1, 1, 2, 3))
            procedure["numero"] = f"{last[register]:0{6 if procedure['source'] == 'lrppn' else 5}}"
        for procedure in (p for p in self.procedures if p["date_transmission"] and not p["main"]):
            self.open_affairs(procedure)
        for _ in range(len(self.affaires) // 10):  # affairs that come from no procedure, about people who have others
            commune, day = dice.choices(self.communes, self.sizes)[0], first + dice.randrange(days)
            people = [*zip(ROLES, dice.choice(self.homes[commune]), strict=False)]
            complaint = self.record("feud", commune, day, people)
            self.open_affair([complaint], day + dice.randint(5, 90), people, own=False)
        return Country(YEARS, [p for p in self.procedures if "numero" in p and dice.random() > LOST], self.affaires)

    def tell(self, day: int) -> None:
        """Draw the procedures of one story: who, where, and whether it goes on."""
        dice, told, turned = self.dice, list[Row](), False
        kind, commune = dice.choices([*STORIES], [*STORIES.values()])[0], dice.choices(self.communes, self.sizes)[0]
        homes = self.homes[commune]
        home = homes[int(len(homes) * dice.random() ** 2)]  # some are known to everyone
        other = dice.choice([known for known in homes if known is not home])
        thieves = [self.person(commune, dice.randint(16, 40), "M") for _ in range(dice.choice((1, 2, 3)))]
        while True:
            accused, victims = home[:1], list[Row]()  # as on the road
            if kind == "couple":
                victims = (home[1:2] or other[:1]) + [child for child in home[2:] if dice.random() < 0.12]
            elif kind == "feud":
                accused, victims = dice.sample(home, min(len(home), dice.choice((1, 1, 2)))), dice.sample(other, 1)
            elif kind != "road":
                accused = thieves if dice.random() < (0.45 if kind == "tour" else 0.12) else []
                victims = dice.choice(self.homes[commune])[:1]
            sides = (victims, accused) if turned else (accused, victims)
            people = [(role, person) for role, side in zip(ROLES, sides, strict=True) for person in side]
            told.append(self.record(kind, commune, day, people))
            if dice.random() > GOES_ON[kind]:
                break
            answered = kind in {"couple", "feud"} and dice.random() < ANSWERED
            turned ^= answered
            day += dice.randint(0, 6) if answered else 1 + int(dice.expovariate(1 / (6 if kind == "tour" else 80)))
            if kind == "tour":
                commune = self.communes[(self.communes.index(commune) + dice.randint(-25, 25)) % len(self.communes)]
        # procedures of a story join the first that was sent, within the year
        sent = sorted((p for p in told if p["date_transmission"]), key=lambda p: int(p["date_transmission"]))
        solved = dice.random() < JOINED["tour"] and any(role == "mis_en_cause" for p in sent for role, _ in p["people"])
        for before, after in pairwise(sent):
            main = before["main"] or before
            near = after["date_transmission"] - main["date_transmission"] < 330 and after["code_tj"] == main["code_tj"]
            if near and (solved if kind == "tour" else dice.random() < JOINED[kind]):
                after["main"] = main
                main["joined"].append(after)

    def record(self, kind: str, commune: str, day: int, people: People) -> Row:
        """Draw what a unit writes of a case, and when it sends it: mostly with the mail of the month's middle or end."""
        dice, unit, recorded = self.dice, self.unit_of[commune], day
        if dice.random() < 0.5:
            recorded += dice.randint(1, 15) if dice.random() < 0.7 else dice.randint(20, 1400)
        sent = recorded + (dice.randint(0, 10) if dice.random() < 0.55 else int(dice.expovariate(1 / 60)))
        sent += -datetime.date.fromordinal(sent).day % 15 if dice.random() < 0.7 else 0
        facts = {"date_faits_debut": day, "date_faits_fin": day, "commune_faits": commune}
        natinfs = dice.sample(NATINFS[kind], 2 if dice.random() < 0.12 else 1)
        row: Row = facts | {
            "source": "lrppn" if "C" in unit else "lrpgn",
            "code_service": unit,
            "annee": year_of(recorded),
            "date_enregistrement": recorded,
            "date_transmission": sent if dice.random() < 0.87 else None,
            "code_tj": f"7{commune[:2]}001",
            "infractions": [{"natinf": natinf, **facts, "tentative": 0} for natinf in natinfs],
            "personnes": [self.copy(person, role, 0.08) | {"role": role} for role, person in people],
            "people": people,
            "main": None,
            "joined": [],
        }
        self.procedures.append(row)
        return row

    def open_affairs(self, main: Row) -> None:
        """Open the affair of a procedure and of those joined to it; some authors are split off into a second one."""
        dice, rows = self.dice, [main, *main["joined"]]
        people = [*{(role, p["identity"]): (role, p) for row in rows for role, p in row["people"]}.values()]
        authors = [entry for entry in people if entry[0] == "mis_en_cause"]
        if not authors and len(rows) == 1 and dice.random() < 0.5:
            return  # half of the cases without an author are not registered
        arrival = main["date_transmission"] if dice.random() < 0.15 else max(p["date_transmission"] for p in rows)
        waiting = self.backlog[main["code_tj"][1:3]][arrival // 31 % 100] * dice.uniform(0.8, 1.2)
        arrival += int(waiting) if dice.random() < 0.45 else dice.randint(0, 7)
        apart = authors[1:] if dice.random() < 0.12 and len(rows) == 1 else []
        self.open_affair(rows, arrival, [entry for entry in people if entry not in apart])
        if apart:
            victims = [entry for entry in people if entry not in authors]
            self.open_affair(rows, arrival + dice.randint(3, 200), apart + victims)

    def open_affair(self, rows: list[Row], arrival: int, people: People, *, own: bool = True) -> None:
        """Draw what the parquet types of an affair."""
        dice, main = self.dice, rows[0]
        known = any(role == "mis_en_cause" for role, _ in people)
        small = not known and dice.random() < 0.75
        cited = [row for row in rows if own and (row is main or dice.random() < CITED)]
        kept = [entry for entry in people if dice.random() > self.noise["left_out"]]
        typed = [row for row in cited if not small or dice.random() < 0.5]
        end = arrival + int(dice.expovariate(1 / 120))
        affaire: Row = {"code_tj": main["code_tj"], "date_arrivee": arrival, "petit_x": int(small)}
        affaire["origine"] = "plainte_parquet" if not own else "police" if main["source"] == "lrppn" else "gendarmerie"
        affaire["origines"] = [self.key(row, arrival, 0.8 if small else 0.05) for row in typed]
        affaire["infractions"] = [self.retype(offence) for row in rows for offence in row["infractions"]]
        affaire["personnes"] = [self.copy(p, role, 0.14) | {"role": ROLES[role]} for role, p in kept]
        affaire["evenements"] = [{"type": "classement", "date": end, "code": "21" if known else "71"}]
        self.affaires.append(affaire | {"procedures": rows if own else []})

    def retype(self, offence: Row) -> Row:
        """Draw an offence as the parquet types it: another day or none, the chief town or no place, another code."""
        dice, noise, day, row = self.dice, self.noise, offence["date_faits_debut"], dict(offence, classe="delit")
        if dice.random() < noise["day"]:
            wrong = None if dice.random() < 0.15 else day + dice.choice((-7, -1, 1, 2, 7, 30))
            row["date_faits_debut"] = row["date_faits_fin"] = wrong
        if dice.random() < noise["place"]:
            row["commune_faits"] = dice.choice((None, None, self.communes[0], dice.choice(self.communes)))
        if dice.random() < noise["natinf"]:
            row["natinf"] = REQUALIFIED.get(row["natinf"], "7151")
        return row

    def key(self, procedure: Row, arrival: int, lost: float) -> Row:
        """Draw the PV as it reaches the affair: transferred, typed from the paper, or lost."""
        dice, noise, is_gn = self.dice, self.noise, procedure["source"] == "lrpgn"
        unit, year, number = procedure["code_service"], str(procedure["annee"]), procedure["numero"]
        empty: Row = {"type_service": "GN" if is_gn else "PN"}
        if (gone := dice.random() < lost) or dice.random() < noise["typed"]:
            if dice.random() < noise["wrong"]:  # the eye slips to a next line of the register
                number = f"{max(1, int(number) + dice.choice((-3, -2, -1, 1, 2, 3))):0{len(number)}}"
            unit = f"{unit[:2]}011" if is_gn and dice.random() < noise["wrong"] else unit
            spelt = dice.choice(("zeros", "number", "text", "arrival", "nothing", "digits", "plain"))
            if gone or spelt in {"text", "nothing"}:
                text = {"reference_pv": f"PV n° {unit}/{int(number)}/{year}"}
                return empty if gone or spelt == "nothing" else empty | text
            unit = unit.lstrip("0") if spelt == "zeros" else unit
            number = str(int(number)) if spelt == "number" else number
            year = {"arrival": str(year_of(arrival)), "digits": year[2:]}.get(spelt, year)
        return empty | {"code_service": unit, "annee": year, "numero": number}

    def copy(self, person: Row, role: str, without_code: float) -> Row:
        """Draw a person's traits as one side types them."""
        row, times = dict(person), self.noise["trait"]
        for trait, share in (MISSING | {"csns": without_code}).items():
            if self.dice.random() < share * times + (0.4 if trait == "csns" and role == "victime" else 0):
                row[trait] = None
        if row["date_naissance"] and self.dice.random() < 0.012 * times:
            row["date_naissance"] += self.dice.choice((1, -1, 9, -9, 10, -10, 30, 365, -365, 3653))
        return row


def draw(procedures: int, seed: int, noise: str) -> Country:
    return Countryside(procedures, seed, noise).run()


if __name__ == "__main__":
    command(draw)
