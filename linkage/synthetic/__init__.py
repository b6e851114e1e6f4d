"""A fictitious country with known truth, generated on Spark: deliveries as the two administrations would send them."""

from linkage.settings.synthetic import SyntheticSettings
from linkage.synthetic.build import build

__all__ = ["SyntheticSettings", "build"]
