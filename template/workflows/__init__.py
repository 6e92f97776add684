"""Workflows: run once per id; queried and signalled while they run. Every component in here is served."""
