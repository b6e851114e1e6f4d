"""``conf/method/links.toml``: which pairs are links, and which persons inside them."""

from __future__ import annotations

from pydantic import Field, model_validator

from linkage.platform.settings import Settings


class PassSettings(Settings):
    """One pass: the levels a pair must reach, and from which weight it is retained or looked at."""

    name: str
    levels: dict[str, tuple[str, ...]]
    threshold: float = Field(ge=-50, le=100)
    review: float = Field(ge=-50, le=100)
    several_affaires: bool = False
    beyond: bool = False
    why: str

    @model_validator(mode="after")
    def _order(self) -> PassSettings:
        if self.review > self.threshold:
            raise ValueError(f"review must not exceed threshold, found {self.review} and {self.threshold}")
        return self


class SecondAffaireSettings(Settings):
    """When an affair left with nothing takes a procedure that already has another: levels reached, and a weight."""

    name: str
    levels: dict[str, tuple[str, ...]]
    threshold: float = Field(ge=-50, le=100)
    why: str


class PersonLinksSettings(Settings):
    """When two persons of a retained link are the same."""

    threshold: float = Field(ge=-50, le=100)
    role_change_threshold: float = Field(gt=0, le=100)
    max_assigned: int = Field(ge=1)
    why: str

    @model_validator(mode="after")
    def _order(self) -> PersonLinksSettings:
        if self.threshold > self.role_change_threshold:
            raise ValueError("role_change_threshold must not be below threshold")
        return self


class PersonsFeedbackSettings(Settings):
    """How the persons move the weight of their case; the labels are those of the case model's comparison."""

    comparison: str
    nobody: tuple[str, ...]
    one_birth: tuple[str, ...]
    sure: float = Field(ge=-50, le=100)
    gain: float = Field(ge=0, le=20)
    chance: float = Field(ge=-50, le=100)
    loss: float = Field(ge=0, le=20)
    why: str


class CitedTogetherSettings(Settings):
    """The weight that a confirmed key has at least where its affair has several."""

    at_least: float = Field(ge=-50, le=100)
    why: str


class LinksSettings(Settings):
    """``conf/method/links.toml``. Without ``persons``, records are linked and nobody in them."""

    margin: float = Field(ge=0, le=50)
    why_margin: str
    rounds: int = Field(ge=1, le=10)
    why_rounds: str
    max_dossier: int = Field(ge=2)
    why_max_dossier: str
    passes: tuple[PassSettings, ...] = Field(min_length=1)
    second_affaire: tuple[SecondAffaireSettings, ...] = ()
    persons: PersonLinksSettings | None = None
    persons_feedback: PersonsFeedbackSettings | None = None
    cited_together: CitedTogetherSettings | None = None
