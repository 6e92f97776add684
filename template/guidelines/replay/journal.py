"""One invocation's journal, and the request that a server would make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from guidelines.replay import wire
from guidelines.replay.messages import CODES, LAZY, NAME, START
from guidelines.replay.seed import id_bytes

PROTOCOL = 6
"""The version of the service protocol that is understood; a journal of another one is refused."""


@dataclass(frozen=True)
class Entry:
    """A command or notification: `type` as introspection names it, `body` as it travels."""

    type: str
    body: bytes

    @property
    def name(self) -> str:
        """What the code calls it, as a step's name; often nothing."""
        if not self.type.startswith("Command: "):
            return ""
        names = [value for number, value in wire.decode(self.body) if number == NAME and isinstance(value, bytes)]
        return names[0].decode() if names else ""


@dataclass(frozen=True)
class Journal:
    """What is known of an invocation in flight.

    `seed` is None where nobody knows it, `redacted` true where values were taken out. `unreadable` says why the
    journal cannot be judged, if the one who read it saw something it does not know.
    """

    id: str
    service: str
    handler: str
    key: str
    status: str
    protocol: int | None
    seed: int | None
    entries: tuple[Entry, ...] = ()
    state: Mapping[str, bytes] = field(default_factory=dict)
    redacted: bool = False
    unreadable: str = ""

    @property
    def target(self) -> str:
        return "/".join(part for part in (self.service, self.key, self.handler) if part)

    @property
    def started(self) -> bool:
        """Whether code has run for it. If not, it runs on whatever is the latest deployment then."""
        return self.protocol is not None

    def request(self, seed: int) -> bytes:
        """The body of the attempt: the start message, and the journal so far.

        Raises:
            ValueError: for an id of another form.
        """
        lazy = any(entry.type in LAZY for entry in self.entries)
        state = {} if lazy else self.state
        start = wire.encode(
            (1, id_bytes(self.id)),
            (2, self.id.encode()),
            (3, len(self.entries)),
            *((4, wire.encode((1, name.encode()), (2, value))) for name, value in state.items()),
            (5, int(lazy)),
            *([(6, self.key.encode())] if self.key else []),
            (9, seed),
        )
        entries = (wire.frame(CODES[entry.type], entry.body) for entry in self.entries)
        return wire.frame(START, start) + b"".join(entries)
