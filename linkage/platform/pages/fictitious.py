"""What every page and file made from fictitious deliveries bears, on screen and on paper."""

from __future__ import annotations

from importlib import resources

from markupsafe import Markup

MARK = "Données fictives"
NOTICE = f"{MARK} : personnes, procédures et affaires sont inventées, et ces chiffres ne décrivent aucun pays réel."


def banner(*, is_fictitious: bool) -> Markup:
    """Return the first line of a page, which its style repeats on each sheet of paper; nothing for real deliveries."""
    return Markup('<p class="fictives" role="note">{}</p>').format(NOTICE) if is_fictitious else Markup("")


def style() -> str:
    """Return the style of the banner, to be put after that of the page."""
    return (resources.files("linkage.platform.pages") / "fictives.css").read_text(encoding="utf-8")
