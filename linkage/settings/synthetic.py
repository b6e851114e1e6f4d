"""The settings of the fictitious country: ``conf/synthetic/country.toml`` and the levels of ``noise.toml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from linkage.platform.settings import Settings

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Year = Annotated[int, BeforeValidator(int)]
"""A key of a TOML table, which is always text."""
Weights = dict[str, Annotated[float, Field(ge=0)]]
"""What is drawn, and how often: values need not sum to one."""


class Territory(Settings):
    """Declare where procedures are recorded: how many an inhabitant, by which force, in units of which size."""

    why: str
    procedures_par_habitant: Positive
    population_zone_police: Positive
    taux_zone_police: Positive
    taux_zone_gendarmerie: Positive
    procedures_par_unite_gendarmerie: Positive
    procedures_par_service_police: Positive
    dispersion_unites: Positive
    part_hors_unite: Share
    part_code_reemis: Share


class Calendar(Settings):
    """Declare when facts happen and are recorded."""

    why: str
    croissance: dict[str, float]
    amplitude_saison: Share
    mois_pic: int = Field(ge=1, le=12)
    part_jour_meme: dict[str, Share]
    part_anciens: dict[str, Share]
    jours_anciens_max: int
    jours_courts_moyen: Positive
    part_periode: Share
    jours_periode_moyen: Positive
    mois_extraction: int = Field(ge=1, le=12)


class Stories(Settings):
    """Declare how procedures of the same persons follow one another."""

    why: str
    tailles: tuple[Annotated[int, Field(ge=1)], ...]
    jours_entre_moyen: Positive
    part_contre_plainte: dict[str, Share]
    jours_contre_plainte_max: int
    population_auteurs: Positive
    population_victimes: Positive
    population_couples: Positive
    concentration: Annotated[float, Field(ge=1)]


class Cases(Settings):
    """Declare what a procedure holds: its nature, its offences, its persons."""

    why: str
    natures: Weights
    mis_en_cause: dict[str, tuple[Share, ...]]
    victimes: dict[str, tuple[Share, ...]]
    part_deuxieme_infraction: Share
    part_domicile: Share
    part_tentative: Share
    natinf: dict[str, Weights]


class People(Settings):
    """Declare who the persons are."""

    why: str
    part_hommes: dict[str, Share]
    part_couples_meme_sexe: Share
    age_minimum: dict[str, int]
    age_median: dict[str, Positive]
    dispersion_age: dict[str, Positive]
    part_nes_etranger: Share
    part_nes_etranger_francais: Share
    part_premier_janvier_etranger: Share
    part_nes_departement: Share
    pays: tuple[str, ...]
    professions: tuple[str, ...]
    situations: Weights
    enfants: Weights
    liens_conjugaux: Weights
    liens_autres: Weights


class Sending(Settings):
    """Declare which procedures reach justice, and after how long."""

    why: str
    part_transmise: Share
    part_enregistree: Share
    part_rapide: Share
    jours_rapides_max: int
    jours_lents_median: Positive
    dispersion_lents: Positive
    part_arrivee_immediate: Share
    part_arrivee_lente: Share
    jours_arrivee_median: Positive
    dispersion_arrivee: Positive
    jours_arrivee_lente: tuple[int, int]
    part_avant_transmission: Share


class Affairs(Settings):
    """Declare the affairs of justice, with those that have no procedure."""

    why: str
    part_justice_seule: Share
    part_perdues: Share
    part_avant_premier_millesime: Share
    jours_avant_premier_millesime: int
    origines_justice: Weights
    part_petit_x: Share
    part_petit_x_avec_origine: Share
    part_jonction: Share
    part_jonction_contre_plainte: Share
    part_reference_gardee: Share
    part_disjonction_plusieurs: Share
    part_disjonction: Share
    jours_disjonction: tuple[int, int]
    part_transfert: Share
    jours_transfert: tuple[int, int]
    idj: dict[Year, Share]
    nature_affaire: dict[str, str]


class Course(Settings):
    """Declare what becomes of an affair."""

    why: str
    orientation_conjugal: Weights
    orientation_autre: Weights
    poursuites_par_famille: dict[str, Positive]
    poursuites_plusieurs_infractions: Positive
    modes: Weights
    modes_crime: Weights
    part_composition_penale: Share
    motifs_non_poursuivable: Weights
    motifs_inopportunite: Weights
    motifs_alternatives: Weights
    motif_auteur_inconnu: str
    part_auteur_inconnu_en_cours: Share
    jours_orientation_median: Positive
    dispersion_orientation: Positive
    jours_decision_median: dict[str, Positive]
    dispersion_decision: Positive
    jours_instruction_median: Positive
    acceleration: Share
    part_non_lieu: Share
    part_assises: Share
    part_decision_connue: Share
    issues: Weights


class KeyDamage(Settings):
    """Each kind of damage to a key typed by hand."""

    sans_origine: Share
    rien: Share
    texte_libre: Share
    texte_en_plus: Share
    zero_unite_perdu: Share
    annee_deux_chiffres: Share
    annee_enregistrement: Share
    numero_non_complete: Share
    suffixe: Share
    separateur: Share
    chiffres_intervertis: Share
    chiffre_faux: Share
    unite_superieure: Share
    unite_soeur: Share
    code_reemis: Share


class PersonDamage(Settings):
    """How one side records a person."""

    csns_absent_france: Share
    csns_absent_etranger: Share
    csns_faux: Share
    naissance_absente: Share
    naissance_jour_mois: Share
    naissance_premier_janvier: Share
    naissance_chiffre: Share
    sexe_faux: Share
    commune_naissance_absente: Share
    residence_autre: Share
    nationalite_autre: Share
    profession_absente: Share
    profession_autre: Share
    situation_absente: Share
    situation_autre: Share
    enfants_absents: Share
    enfants_autre: Share
    personne_absente: Share


class CaseDamage(Settings):
    """How the affair's record of the facts differs from the procedure's."""

    date_decalee_peu: Share
    date_decalee: Share
    date_absente: Share
    commune_autre: Share
    commune_absente: Share
    requalification: Share
    natinf_autre: Share
    compte_faux_police: Share
    compte_faux_justice: Share
    ordre_change: Share


class Noise(Settings):
    """One level of noise."""

    why: str
    saisie_manuelle: Share
    jours_decales_peu: int
    jours_decales: int
    cle: KeyDamage
    police: PersonDamage
    justice: PersonDamage
    cas: CaseDamage


class SyntheticSettings(Settings):
    """The whole fictitious country, and its levels of noise."""

    territoire: Territory
    calendrier: Calendar
    suites: Stories
    cas: Cases
    requalifications: dict[str, Weights]
    personnes: People
    transmission: Sending
    affaires: Affairs
    parcours: Course
    noise: dict[str, Noise]
