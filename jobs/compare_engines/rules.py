"""The blocking rules of ``conf/method`` as Splink takes them: one SQL condition each, on ``l`` and ``r``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linkage.settings.candidate_pairs import BlockingRule, Window


def comparable(rules: Sequence[BlockingRule]) -> list[BlockingRule]:
    """Return the rules that Splink can apply: all but those beyond the references, which need the key first."""
    return [rule for rule in rules if rule.references != "beyond"]


def splink_rules(rules: Sequence[BlockingRule], dialect: str) -> list[dict[str, Any]]:
    """Return Splink's blocking rules, in the order of the settings; columns of sets are exploded."""
    in_sql = []
    for rule in rules:
        exploded = {"arrays_to_explode": list(rule.share)} if rule.share else {}
        in_sql.append({"blocking_rule": sql(rule), "sql_dialect": dialect, **exploded})
    return in_sql


def sql(rule: BlockingRule) -> str:
    """Return the rule as one SQL condition on a procedure ``l`` and a reference ``r``."""
    equal = [f"l.{column} = r.{column}" for column in (*rule.agree, *rule.share)]
    return " AND ".join([*equal, *map(_within, rule.windows)])


def columns(rules: Sequence[BlockingRule]) -> list[str]:
    """Return the columns that the rules look at on either side, once each."""
    looked_at: list[str] = []
    for rule in rules:
        looked_at += [
            *rule.agree,
            *rule.share,
            *(end for window in rule.windows for end in (window.left, window.right)),
        ]
    return list(dict.fromkeys(looked_at))


def _within(window: Window) -> str:
    # One column of each side per comparison: DuckDB tests it in the join, a BETWEEN of a difference after.
    ends = ((">=", window.low), ("<=", window.high))
    within = " AND ".join(f"r.{window.right} {sign} l.{window.left} + {days}" for sign, days in ends)
    return f"({within} OR l.{window.left} IS NULL OR r.{window.right} IS NULL)" if window.unknown else within
