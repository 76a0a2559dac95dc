"""Every format, read back with parsers that the renderers do not use."""
