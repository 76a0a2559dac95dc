"""How fast dispatch is beside its peers: ``make bench``. See docs/reference/speed.md."""
