"""What prepares a machine on first use, with the standard library alone."""
