"""Ce que les carnets partagent : où est le lac, ce qui peut se montrer, et la charte des figures."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import polars as pl
from deltalake import DeltaTable

CLONE = Path(__file__).resolve().parent.parent
# Jupyter part du dossier des carnets, et le code du clone ne s'installe pas.
sys.path.append(str(CLONE))
from linkage.concepts.shown import Shown  # noqa: E402
from linkage.platform import config  # noqa: E402
from linkage.platform.pages.fictitious import MARK  # noqa: E402
from linkage.settings.study_extracts import StudySettings  # noqa: E402
from linkage.study_extracts.disclosure.delays import STATE, publish_medians  # noqa: E402
from linkage.study_extracts.disclosure.own_table import protect_table  # noqa: E402
from linkage.study_extracts.population import KEY  # noqa: E402
from linkage.study_extracts.tables import NB  # noqa: E402
from linkage.tables.linked_base import FICTITIOUS  # noqa: E402

LAC = os.environ.get("APPARIEMENT_LAKE") or str(CLONE / "demo-lake")
"""Le lac de la démonstration ; APPARIEMENT_LAKE en désigne un autre."""
ZONE = ("linked_base", "quality", "study_extracts")
"""La zone d'exploitation. Le reste du lac porte les identifiants des sources : seule l'équipe d'appariement le lit."""

ETUDE = "violences_conjugales"
REGLES = config.settings(f"studies/{ETUDE}.toml", StudySettings).disclosure
"""Celles de l'étude : un carnet n'en a pas d'autres."""
CONFIANCE = 0.95
"""D'un intervalle."""
ENSEMBLE = "Ensemble"
SECRET = (
    f"effectifs arrondis au hasard à un multiple de {REGLES.base} ; ceux de moins de {REGLES.threshold}, et ceux qui "
    "les feraient retrouver, ne sont pas montrés."
)
"""Ce que dit la note d'une figure."""
CLE = 15
"""Chiffres hexadécimaux d'un pseudonyme qui font la clé de la personne."""

FAMILLES = {
    "denonciation": "dénonciation calomnieuse",
    "domicile": "violation de domicile",
    "famille": "atteintes à la famille",
    "harcelement": "harcèlement",
    "sequestration": "séquestrations",
    "sexuel": "violences sexuelles",
    "vol": "vols",
}
NOMS = {"F": "Femmes", "M": "Hommes", "PN": "Police nationale", "GN": "Gendarmerie nationale"}
BLEU, ROUGE, GRIS, ENCRE = "#1f4e8c", "#c9483b", "#b4b4b4", "#1a1a1a"


def table(nom: str) -> str:
    """Le chemin d'une table de la zone d'exploitation.

    Raises
    ------
    ValueError
        La table n'est pas de cette zone.
    FileNotFoundError
        Elle n'est pas dans ce lac ; le message dit comment la produire.
    """
    if nom.partition("/")[0] not in ZONE:
        raise ValueError(f"{nom} : hors de la zone d'exploitation ({', '.join(ZONE)}).")
    chemin = f"{LAC}/{nom}"
    if not existe(nom):
        raise FileNotFoundError(
            f"{chemin} n'existe pas. Lancez « ./spark-submit.sh demo » à la racine du clone, "
            "ou indiquez un autre lac dans la variable d'environnement APPARIEMENT_LAKE."
        )
    return chemin


def etat_publie(nom: str) -> int:
    """La version Delta de la table qui est publiée : ce qu'un traitement en cours ou interrompu écrit n'en est pas."""
    return int(_publiees()[nom])


def lit(nom: str) -> pl.LazyFrame:
    """La table de la zone d'exploitation, telle qu'elle est publiée."""
    return pl.scan_delta(table(nom), version=etat_publie(nom))


def existe(nom: str) -> bool:
    """Si la table est dans ce lac : les mesures contre la vérité n'existent que sur des données fictives."""
    return nom in _publiees()


def _publiees() -> dict[str, int]:
    etat = Path(LAC, "_lake.json")
    return dict(json.loads(etat.read_text(encoding="utf-8"))["tables"]) if etat.is_file() else {}


def publiable(tableau: Any, total: str, dont: Sequence[str] = ()) -> pd.DataFrame:
    """Le tableau tel qu'il peut se montrer, passé par la porte des études, avec les parts ``part_<colonne>``.

    ``dont`` sont des parties disjointes de ``total`` ; ``cle_<effectif>`` a la clé de ceux qu'il compte (``cle``) ; les
    autres colonnes nomment la ligne. Les parts se calculent sur les effectifs montrés. Entrée pandas ou polars, sortie
    pandas.
    """
    exact = tableau if isinstance(tableau, pd.DataFrame) else tableau.to_pandas()
    montre = protect_table(exact, REGLES, total=total, parts=dont, seed=graine())
    parts = {f"part_{nom}": (montre[nom] / montre[total]).clip(upper=1).round(2) for nom in dont}
    return montre.assign(**parts)


def intervalles(montre: pd.DataFrame, total: str, dont: Sequence[str]) -> pd.DataFrame:
    """Le tableau de ``publiable`` avec, pour chaque part, les bornes de son intervalle à 95 % : ``bas_`` et ``haut_``.

    Méthode : Wilson (1927), sur les effectifs montrés, élargi de ce que leur arrondi peut cacher. Vide où un effectif
    l'est.
    """
    exact, ecart = Shown(smallest=0, base=1), REGLES.base - 1
    bornes: dict[str, list[float | None]] = {}
    for nom in dont:
        effectifs = list(zip(montre[nom], montre[total], strict=True))
        lisibles = [not pd.isna(partie) and not pd.isna(tout) for partie, tout in effectifs]
        for borne, cote, signe in (("bas", 0, -1), ("haut", 1, 1)):
            bornes[f"{borne}_{nom}"] = [
                exact.interval(min(max(partie + signe * ecart, 0), tout), tout, confidence=CONFIANCE, spread=0.0)[cote]
                if lisible
                else None
                for (partie, tout), lisible in zip(effectifs, lisibles, strict=True)
            ]
    return montre.assign(**bornes)


def delais(personnes: Any, jours: str, vu: str, par: str, pas: int = REGLES.median_base) -> pd.DataFrame:
    """Médiane et troisième quartile d'un délai, en jours, par groupe et ensemble, tels qu'ils peuvent se montrer.

    ``personnes`` a une ligne par personne de ``linked_base/suites`` : ``id_personne``, les jours, s'ils sont vus
    jusqu'au bout (false : censurés à l'extraction), et le groupe. ``etat_`` dit si un délai est publié, masqué, ou
    n'est pas atteint.

    Méthode : Kaplan et Meier (1958), sur des effectifs passés par la porte des études. Les délais sont des multiples de
    ``pas`` jours, celui de l'étude ou plus : un pas plus large se montre pour moins de personnes.
    """
    exact = personnes if isinstance(personnes, pd.DataFrame) else personnes.to_pandas()
    connus = exact.dropna(subset=[jours, vu])
    suivis = pd.DataFrame({"step": jours, "row": connus[par].astype(str), "days": connus[jours].astype(int)})
    suivis = suivis.assign(
        **{"seen": connus[vu].astype(bool), NB: 1, KEY: [int(nom[:CLE], 16) for nom in connus["id_personne"]]}
    )
    regles = REGLES.model_copy(update={"median_base": max(pas, REGLES.median_base)})
    tous = pd.concat([suivis, suivis.assign(row=ENSEMBLE)], ignore_index=True)
    montres = publish_medians(tous, [jours], [*sorted(set(suivis["row"])), ENSEMBLE], regles, seed=graine())
    noms = {"row": par, "median_km": "mediane", "third_quartile_km": "troisieme_quartile"}
    etats = {f"{nom}{STATE}": f"etat_{noms[nom]}" for nom in ("median_km", "third_quartile_km")}
    return montres.rename(columns=noms | etats)[[*noms.values(), *etats.values()]]


@cache
def graine() -> bytes:
    """Le secret dont se tire l'arrondi : un pseudonyme de la base, que connaît seul qui la lit.

    Le même tableau s'arrondit donc toujours de même : le refaire n'apprend rien.
    """
    procedures = lit("linked_base/procedures")
    return str(procedures.select(pl.col("id_procedure").min()).collect().item()).encode()


def cle(identifiant: str, parmi: pl.Expr | bool = True) -> pl.Expr:
    """La clé commune de ceux que compte un effectif, à nommer ``cle_<effectif>`` : l'arrondi est alors le leur."""
    chiffres = pl.col(identifiant).str.slice(0, CLE).str.to_integer(base=16)
    return pl.when(parmi).then(chiffres).otherwise(0).bitwise_xor()


def imprime(tableau: Any, noms: dict[str, str] | None = None) -> Any:
    """Le tableau à la française, « c » (couvert par le secret) à la place de ce qui est caché."""
    montre = tableau if isinstance(tableau, pd.DataFrame) else tableau.to_pandas()
    en_pourcent = {nom: "{:.0%}".format for nom in montre.columns if nom.startswith("part_")}
    formats = {nom: en_pourcent.get(nom, "{:,}".format) for nom in montre.select_dtypes("number").columns}
    noms = noms or {}
    return (
        montre.rename(columns=noms)
        .style.set_caption(MARK if fictif() else "")
        .format({noms.get(nom, nom): partial(_francais, forme) for nom, forme in formats.items()}, na_rep="c")
        .set_properties(
            subset=[noms.get(nom, nom) for nom in montre.columns if nom not in formats], **{"text-align": "left"}
        )
        .hide(axis="index")
    )


def _francais(forme: Callable[[Any], str], nombre: Any) -> str:
    return forme(nombre).replace(",", "\u202f").replace(".", ",").replace("%", "\u202f%")


def source(version: str) -> str:
    """La ligne de source d'une figure ; elle dit si les données sont fictives."""
    fictives = f" {MARK}." if fictif() else ""
    return f"Source : SSMSI et SSER, appariement Intérieur – Affaires Justice, version {version}.{fictives}"


@cache
def fictif() -> bool:
    """Si la base a une version tirée de livraisons fictives : leur manifeste le dit, et la base le répète."""
    nom = "linked_base/procedures"
    ecritures = DeltaTable(table(nom), version=etat_publie(nom)).history() if existe(nom) else []
    derniere = next((ecriture["userMetadata"] for ecriture in ecritures if ecriture.get("userMetadata")), "{}")
    return bool(json.loads(derniere).get(FICTITIOUS))


def figure(graphique: alt.TopLevelMixin, *, titre: str, unite: str, notes: Sequence[str]) -> alt.VConcatChart:
    """La figure telle qu'on la publie : titre, unité, puis lecture, champ et source sous le graphique."""
    pied = alt.TitleParams(
        text=list(notes), orient="bottom", anchor="start", fontSize=10, fontWeight="normal", color="#555555", offset=14
    )
    sous_titre = [MARK, unite] if fictif() else [unite]
    tete = alt.TitleParams(text=titre, subtitle=sous_titre, anchor="start", fontSize=14, subtitleFontSize=11, offset=12)
    axe: dict[str, Any] = {"labelColor": ENCRE, "titleColor": ENCRE, "titleFontWeight": "normal", "labelLimit": 260}
    return (
        alt.vconcat(graphique.properties(title=pied))
        # À gauche, de quoi loger la police d'un lecteur, plus large que celle qui a servi à mesurer.
        .properties(title=tete, padding={"left": 36, "right": 12, "top": 12, "bottom": 12})
        .configure(font="Helvetica Neue, Helvetica, Arial, sans-serif", background="#ffffff")
        .configure_view(stroke=None)
        .configure_axis(gridColor="#e8e8e8", domainColor=GRIS, tickColor=GRIS, **axe)
        .configure_legend(orient="top", titleFontWeight="normal", labelLimit=260)
        .configure_header(labelFontSize=11, labelFontWeight="bold", labelAnchor="start")
    )


# Une image fixe, écrite avec les nombres français : elle se voit sans réseau et se copie dans une publication.
alt.renderers.enable("svg", embed_options={"formatLocale": "fr-FR", "timeFormatLocale": "fr-FR"})
