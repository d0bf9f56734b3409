"""Something the person who runs the benchmark can act on; printed as it is."""


class Failure(Exception):
    pass
