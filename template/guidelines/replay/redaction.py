"""Takes out of a journal what may be about people: every value, key, header and error.

What stays says what the code did: types and names of entries, names of state, promises, services and handlers. That is
enough to see that a handler is gone, or that the journal cannot be read; but a handler takes its turns by values, so
one that had any is not replayed.
"""

from dataclasses import replace

from guidelines.replay import wire
from guidelines.replay.journal import Entry, Journal

KEPT = {
    "Command: Call": {1, 2, 10, 11, 12},
    "Command: OneWayCall": {1, 2, 4, 10, 12},
    "Command: SendSignal": {2, 3, 12},
    "Command: SetState": {1, 12},
    "Command: ClearState": {1, 12},
    "Command: GetLazyState": {1, 11, 12},
    "Command: GetEagerState": {1, 12},
    "Command: GetPromise": {1, 11, 12},
    "Command: PeekPromise": {1, 11, 12},
    "Command: CompletePromise": {1, 11, 12},
    "Command: Sleep": {1, 11, 12},
    "Notification: Signal": {2, 3, 4},
}
"""The fields that stay, by type of entry."""

KEPT_OTHERWISE = {
    "Command": {11, 12},  # which completion, and the name
    "Notification": {1, 4},  # which completion, and that it is empty
}


def redact(journal: Journal) -> Journal:
    """Without values. A journal that has none to begin with stays as it is, and can still be judged.

    Raises:
        Malformed: what cannot be read cannot be redacted.
    """
    entries = tuple(_redacted(entry) for entry in journal.entries)
    if entries == journal.entries and not journal.state and not journal.key:
        return journal
    key = "redacted" if journal.key else ""
    state = dict.fromkeys(journal.state, b"")
    return replace(journal, entries=entries, state=state, key=key, redacted=True)


def _redacted(entry: Entry) -> Entry:
    kept = KEPT.get(entry.type, KEPT_OTHERWISE.get(entry.type.partition(":")[0], set()))
    return Entry(entry.type, wire.encode(*(field for field in wire.decode(entry.body) if field[0] in kept)))
