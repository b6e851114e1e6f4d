"""A fictitious country with known truth, generated on Spark: deliveries as the two administrations would send them."""

from linkage.synthetic.build import build
from linkage.synthetic.settings import SyntheticSettings

__all__ = ["SyntheticSettings", "build"]
