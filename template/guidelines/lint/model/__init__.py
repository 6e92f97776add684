"""What a project does, without running it: an abstract interpreter for the parts of Python that rules ask about.

Values (`values.py`) flow through names, attributes, collections, calls and closures until nothing new is found
(`engine.py`). Functions are looked at once per mode: outside handlers, durably, and inside a step; so code that is
fine in a step is not blamed for being so, and a helper that runs in both is reported only where it is replayed.
"""
