"""How many are linked, and how far a link may be trusted, in figures and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from linkage.tables.quality import Estimate


@dataclass(frozen=True)
class Rate:
    """How many victims are linked, and how far a link may be trusted."""

    recorded: int | None
    linked: int | None
    precision: dict[str, Any] | None
    recall: dict[str, Any] | None

    @property
    def rate(self) -> float | None:
        """Return the share of recorded victims who are linked."""
        return self.linked / self.recorded if self.linked is not None and self.recorded else None

    @property
    def most_moved(self) -> float | None:
        """Return by how much at most wrong links move a share of linked victims: were they all on the same side."""
        return 1 - self.precision[Estimate.low] if self.precision else None

    @property
    def sentences(self) -> list[str]:
        """Return how many are linked and how good the links are, in words."""
        sentences = []
        if self.rate is not None:
            sentences.append(f"{_percent(self.rate)} des victimes enregistrées sont liées à une affaire.")
        for interval, what in (
            (self.precision, "des liens retenus sont justes"),
            (self.recall, "des liens qui existent sont retrouvés"),
        ):
            if interval:
                estimate = _percent(interval[Estimate.estimate])
                bounds = _write_bounds(interval)
                sentences.append(f"{estimate} {what} (estimation sur la version, intervalle à 95 % : {bounds}).")
        return sentences or ["L'erreur d'appariement n'a pas été estimée pour cette version."]


def _write_bounds(interval: dict[str, Any]) -> str:
    return f"{_percent(interval[Estimate.low])} à {_percent(interval[Estimate.high])}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\u00a0%".replace(".", ",")
