"""The job candidate_pairs: its forecast, and its run."""
