"""Clerical review: the sample, what its page shows, the decisions read back, the estimates they give."""
