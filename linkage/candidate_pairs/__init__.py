"""Which pairs are worth comparing: the key first, then blocks on service and dates, persons, place."""
