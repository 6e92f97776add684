"""Forms of Python that people write, which hide a violation (`found`), or only look as if they did (`clean`)."""
