"""The method's knobs: typed, frozen, unknown keys refused. One module a stage; values and reasons are in ``conf/``."""
