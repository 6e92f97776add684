"""Errors that are for the person at the terminal: commands print the message alone, without a traceback."""


class DevError(Exception):
    """Something on this machine has to be put right. The message says what, and how."""
