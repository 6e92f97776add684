"""Brings versions of this service to a Restate server and takes them away again, without breaking what is in flight.

`python -m deploy --help`. Runs in CI and on an operator's machine, never in the service's image, and knows nothing of
the components: it sees them as the server does.
"""
