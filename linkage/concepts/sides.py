"""The sides of a link, and the word for a trait that a case does not have."""

from __future__ import annotations

from linkage.tables import standardised

PROCEDURE, AFFAIRE = standardised.PROCEDURE, "affaire"
REFERENCE = standardised.REFERENCE
"""What stands for an affair where records are compared: one of its PV of origin."""
NO_INFORMATION = "sans information"
