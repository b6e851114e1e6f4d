"""How a job starts: its options, the code packed, spark-submit as a child, one session, one exit code."""
