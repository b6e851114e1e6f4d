"""The job quality: a version's tables, error rates without truth, clerical review, report."""
