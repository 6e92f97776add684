"""Checks of the files that say how the service and its Restate server run: read as data, judged here."""
