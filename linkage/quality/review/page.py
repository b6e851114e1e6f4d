"""The review file: one self-contained page that opens offline. Restricted zone: it shows identifying data."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from jinja2 import Environment
from jinja2.utils import htmlsafe_json_dumps

from linkage.concepts.sides import PAIR
from linkage.platform.pages import fictitious
from linkage.quality.review.facts import groups
from linkage.quality.review.persons import Labels
from linkage.quality.review.waterfall import LevelWeights, steps
from linkage.settings.scored_pairs import CASES

FORMAT = 1
PLACES = 3


def page(
    pairs: Iterable[Mapping[str, Any]],
    *,
    version: str,
    sample: str,
    is_fictitious: bool,
    weights: Mapping[str, LevelWeights],
    labels: Labels,
) -> str:
    """Return the page of the rows of ``records.describe_pairs``, in the order of their ``rang``.

    Neither status nor stratum is in it, and pairs come in an order drawn by lot, so that the reviewer judges the
    records alone. The weight is what the machine thinks: it is there, folded, for who asks to see it.

    Delivered values travel as JSON whose ``<``, ``>`` and ``&`` are escaped, and are written as text nodes only.
    """
    content = {
        "format": FORMAT,
        "version": version,
        "sample": sample,
        "pairs": [_describe(pair, weights, labels) for pair in pairs],
    }
    style, script = _resource("review.css") + fictitious.style(), _resource("review.js")
    # autoescape is on; what is marked safe is this project's own style and script, and JSON already escaped.
    template = Environment(autoescape=True).from_string(_resource("review.html"))
    return template.render(
        version=version,
        banner=fictitious.banner(is_fictitious=is_fictitious),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        content=htmlsafe_json_dumps(content),
    )


def sample_hash(pairs: Iterable[Sequence[str]]) -> str:
    """Return SHA-256 of the pairs drawn, whatever their order: a decisions file names the sample it answers."""
    return hashlib.sha256(json.dumps(sorted(map(list, pairs))).encode()).hexdigest()


def _describe(pair: Mapping[str, Any], weights: Mapping[str, LevelWeights], labels: Labels) -> dict[str, Any]:
    bars = steps(pair["levels"] or {}, pair["weight"], weights[pair["model"] or CASES])
    return {
        **{name: pair[name] for name in PAIR},
        "groups": [asdict(group) for group in groups(pair, labels)],
        "steps": [{**asdict(bar), "bits": round(bar.bits, PLACES)} for bar in bars],
    }


def _resource(name: str) -> str:
    return (importlib.resources.files("linkage.quality.review") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
