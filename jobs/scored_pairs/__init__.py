"""The job scored_pairs: which models score, and its run."""
