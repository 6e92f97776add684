"""The messages of service protocol 6, by the names that the server's introspection gives them."""

START, SUSPENSION, ERROR, END = 0x0000, 0x0001, 0x0002, 0x0003

INPUT, OUTPUT = "Command: Input", "Command: Output"

COMMANDS = {
    "Input": 0x00,
    "Output": 0x01,
    "GetLazyState": 0x02,
    "SetState": 0x03,
    "ClearState": 0x04,
    "ClearAllState": 0x05,
    "GetLazyStateKeys": 0x06,
    "GetEagerState": 0x07,
    "GetEagerStateKeys": 0x08,
    "GetPromise": 0x09,
    "PeekPromise": 0x0A,
    "CompletePromise": 0x0B,
    "Sleep": 0x0C,
    "Call": 0x0D,
    "OneWayCall": 0x0E,
    "SendSignal": 0x10,
    "Run": 0x11,
    "AttachInvocation": 0x12,
    "GetInvocationOutput": 0x13,
    "CompleteAwakeable": 0x14,
}

NOTIFICATIONS = {
    "GetLazyState": 0x02,
    "GetLazyStateKeys": 0x06,
    "GetPromise": 0x09,
    "PeekPromise": 0x0A,
    "CompletePromise": 0x0B,
    "Sleep": 0x0C,
    "Call": 0x0D,
    "CallInvocationId": 0x0E,
    "Run": 0x11,
    "AttachInvocation": 0x12,
    "GetInvocationOutput": 0x13,
}

CODES = {
    **{f"Command: {name}": 0x0400 + number for name, number in COMMANDS.items()},
    **{f"Notification: {name}": 0x8000 + number for name, number in NOTIFICATIONS.items()},
    "Notification: Signal": 0xFBFF,
}
"""The code of each type of entry. What is not in here is refused."""

LAZY = ("Command: GetLazyState", "Command: GetLazyStateKeys")
"""Only an invocation whose state is not sent along asks for it like this."""

NAME = 12
"""The field that holds an entry's name, in every command."""

JOURNAL_MISMATCH = 570
"""The code of an ErrorMessage that the server shows as RT0016."""
