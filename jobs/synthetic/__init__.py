"""The job synthetic: its run, and the deliveries that it writes."""
