"""One numbered table or figure of the page, with what stands under it."""

from __future__ import annotations

from dataclasses import dataclass

from linkage.study_extracts.pages.grids import Grid

TABLE, FIGURE = "Tableau", "Figure"


@dataclass(frozen=True)
class Item:
    """One table or figure, with what stands under it."""

    kind: str
    title: str
    field: str
    lecture: str
    note: str = ""
    grid: Grid | None = None
    drawn: str = ""
    number: int = 0
    name: str = ""
    """Of the declared table that it shows."""

    @property
    def caption(self) -> str:
        """Return its number and title: ``Tableau 3 – Orientation selon le sexe``."""
        return f"{self.kind} {self.number} – {self.title}"

    @property
    def anchor(self) -> str:
        """Return where it is on the page."""
        return f"{self.kind.lower()}-{self.number}"
