"""Errors for people: one line that says what is wrong and what to do. Unless it says so, nothing has been changed."""


class DeployError(Exception):
    """Ends the command with `exit_code`."""

    exit_code: int


class Refused(DeployError):
    """What was asked for is possible, and would do damage."""

    exit_code = 1


class BadInput(DeployError):
    """What was asked for makes no sense: an address, a name, a file or a server that is not what it should be."""

    exit_code = 2
