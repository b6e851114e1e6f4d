"""The catalogue of jobs, in the data's order: `ls` here and read the linkage.

A job is the module of its name, or ``job.py`` in the package of its name. It has ``arguments`` and ``run``, and
``check`` where it can refuse something without Spark, and ``needs_spark`` where it may do without.
"""

from linkage.platform.running.job import Catalogue

CATALOGUE = Catalogue(
    "jobs",
    (
        "demo",
        "synthetic",
        "sources",
        "standardised",
        "candidate_pairs",
        "estimate_model",
        "scored_pairs",
        "links",
        "quality",
        "linked_base",
        "study_extracts",
        "all",
        "status",
        "compare_engines",
    ),
)
