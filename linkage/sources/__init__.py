"""Deliveries → typed tables: read as declared, checked, bad rows set aside with the rule they broke."""
