"""The outside world: payment provider, carrier, mail, database. Plain Python; nothing here knows Restate's context."""
