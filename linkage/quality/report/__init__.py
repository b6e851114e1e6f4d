"""The report of a version: what it shows, gathered, drawn and written as one page."""
