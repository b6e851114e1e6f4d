"""The door: which counts may be shown, attacked together with everything shown before."""
