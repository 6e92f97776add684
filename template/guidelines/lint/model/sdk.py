"""What the Restate SDK calls things. A test compares it with the installed SDK."""

CONTEXTS = {
    f"restate.{name}"
    for name in (
        "Context",
        "ObjectContext",
        "ObjectSharedContext",
        "WorkflowContext",
        "WorkflowSharedContext",
        "ScopedContext",
        "KeyValueStore",
        "ServerInvocationContext",
        "ServerScopedContext",
    )
}

SERVICES = {"restate.Service": "service", "restate.VirtualObject": "object", "restate.Workflow": "workflow"}

CURRENT_CONTEXT = {"current_context", "restate_context", "restate_object_context"}
"""Functions of `restate.extensions` and `restate.ext.*` that find the context of the running invocation."""

FUTURES = {
    "run": "run",
    "run_typed": "run",
    "sleep": "sleep",
    "service_call": "call",
    "object_call": "call",
    "workflow_call": "call",
    "generic_call": "call",
    "get": "get",
    "state_keys": "get",
    "time": "time",
    "signal": "signal",
    "attach_invocation": "attach",
}
"""Operations that return a future, and its kind."""

SENDS = {"service_send", "object_send", "workflow_send", "generic_send"}

CALLS = {"service_call", "object_call", "workflow_call", "generic_call"}

WRITES = {"set", "clear", "clear_all"}

READS = {"key", "request"}
"""No journal entry: allowed everywhere."""

LOCAL = READS | {"scope"}

OPERATIONS = (
    set(FUTURES)
    | SENDS
    | WRITES
    | LOCAL
    | {
        "awakeable",
        "resolve_awakeable",
        "reject_awakeable",
        "promise",
        "resolve_signal",
        "reject_signal",
        "cancel_invocation",
        "uuid",
        "random",
    }
)

COMBINATORS = {"restate.gather", "restate.select", "restate.wait_completed", "restate.as_completed"}

TERMINAL_ERROR = "restate.TerminalError"

_SUBMODULES = (
    "asyncio",
    "client",
    "client_types",
    "context",
    "context_managers",
    "endpoint",
    "entry_codec",
    "exceptions",
    "extensions",
    "handler",
    "harness",
    "logging",
    "object",
    "retry_policy",
    "serde",
    "server",
    "server_context",
    "service",
    "types",
    "workflow",
)


def canonical(path: str) -> str:
    """One path per thing: `restate.context.Context` is `restate.Context`."""
    if path.startswith("restate."):
        parts = path.split(".")
        if len(parts) > 2 and parts[1] in _SUBMODULES:
            return ".".join(["restate", *parts[2:]])
        if parts[1] == "ext" and parts[-1] in CURRENT_CONTEXT:
            return f"restate.{parts[-1]}"
    return path
