"""One entrypoint per arrow of the data's way; `ls` here and read the linkage."""

ORDER = (
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
    "compare_engines",
)
