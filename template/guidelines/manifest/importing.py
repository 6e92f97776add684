"""Run as a script with a project's root: imports its app.py, and prints what it serves as JSON.

A process of its own, so that an app that breaks, hangs or prints breaks nothing else. Stands alone: next to the app
it must bring in nothing but the SDK. What the app prints goes to stderr.
"""

import functools
import gc
import importlib
import inspect
import json
import os
import re
import sys
import traceback
import types
import typing
from datetime import timedelta
from pathlib import Path
from typing import Any

Facts = dict[str, Any]


def serve_as_data(root: Path) -> Facts:
    """Imports the app, and describes every component that it binds to an endpoint."""
    sys.modules["testcontainers"] = None  # type: ignore[assignment]  # or the SDK imports Docker's client with it
    from restate.endpoint import Endpoint

    del sys.modules["testcontainers"]
    bound: dict[str, Any] = {}
    bind = Endpoint.bind

    def recording_bind(self: Endpoint, *components: Any) -> Any:
        bound.update({component.name: component for component in components})
        return bind(self, *components)

    Endpoint.bind = recording_bind  # type: ignore[method-assign]
    importlib.import_module("app")
    return {"components": [_component(bound[name], root) for name in sorted(bound)]}


def failure(error: BaseException, root: Path) -> Facts:
    """What went wrong, and the innermost line of the project's own code that it went through."""
    while error.__cause__ is not None:
        error = error.__cause__
    path, line = "app.py", 1
    for frame in traceback.extract_tb(error.__traceback__):
        own = _own(frame.filename, root)
        path, line = (own, frame.lineno or 1) if own else (path, line)
    if isinstance(error, SyntaxError) and error.filename and (own := _own(error.filename, root)):
        path, line = own, error.lineno or 1
    return {"error": f"{type(error).__name__}: {error}", "path": path, "line": line}


def _component(component: Any, root: Path) -> Facts:
    path, line = _place_of(component, root)
    preload = getattr(component, "state_preload", None)
    return {
        "name": component.name,
        "kind": component.service_tag.kind,
        "path": path,
        "line": line,
        "state_preload": preload if isinstance(preload, bool | None) else list(preload),
        "handlers": [_handler(handler, component, root) for handler in component.handlers.values()],
    }


def _handler(handler: Any, component: Any, root: Path) -> Facts:
    function = _written(handler.fn)
    signature = inspect.signature(handler.fn, eval_str=True)
    parameters = list(signature.parameters.values())
    path, line = _place_of_function(function, root)
    policy = _either("invocation_retry_policy", handler, component)
    io = handler.handler_io
    return {
        "service": component.name,
        "service_kind": component.service_tag.kind,
        "name": handler.name,
        "kind": handler.kind,
        "path": path,
        "line": line,
        "context": _name(parameters[0].annotation) if parameters else None,
        "is_async": inspect.iscoroutinefunction(function) or function.__name__ == "<lambda>",
        "input": _value(parameters[1].annotation, io.input_serde) if len(parameters) > 1 else None,
        "output": _value(signature.return_annotation, io.output_serde),
        "inactivity_timeout": _seconds(_either("inactivity_timeout", handler, component)),
        "abort_timeout": _seconds(_either("abort_timeout", handler, component)),
        "max_attempts": policy.max_attempts if policy else None,
        "on_max_attempts": policy.on_max_attempts if policy else None,
        "private": bool(_either("ingress_private", handler, component)),
    }


def _written(handler: Any) -> Any:
    """The function that somebody wrote, inside decorators, partials and callable objects."""
    function = inspect.unwrap(handler)
    while isinstance(function, functools.partial):
        function = inspect.unwrap(function.func)
    return function if hasattr(function, "__code__") else type(function).__call__


def _either(option: str, handler: Any, component: Any) -> Any:
    """What the handler says of itself, else what the component says of all its handlers."""
    own = getattr(handler, option, None)
    return own if own is not None else getattr(component, option, None)


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()


def _value(annotation: Any, serde: Any) -> Facts:
    """A type, and who checks it: see `served.Value`."""
    from restate.serde import DefaultSerde, JsonSerde

    parts = [annotation, *typing.get_args(annotation)]
    if annotation is inspect.Signature.empty:
        check = "missing"
    elif annotation in (None, type(None), bytes):
        check = "checked"
    elif any(part is each for part in parts for each in (Any, object, dict, list, tuple, set)):
        check = "open"
    elif not isinstance(serde, DefaultSerde | JsonSerde):
        check = "checked"
    else:
        check = "plain" if annotation in (str, int, float, bool) else "unchecked"
    return {"type": _name(annotation), "check": check}


def _name(annotation: Any) -> str:
    return "" if annotation is inspect.Signature.empty else inspect.formatannotation(annotation).rsplit(".", 1)[-1]


def _place_of_function(function: Any, root: Path) -> tuple[str, int]:
    code: types.CodeType | None = getattr(function, "__code__", None)
    own = _own(code.co_filename, root) if code else None
    if code is None or own is None:
        return "app.py", 1
    first = code.co_firstlineno  # of the first decorator
    definition = re.compile(rf"\s*(async\s+)?def\s+{re.escape(function.__name__)}\b")
    lines = (root / own).read_text(encoding="utf-8").splitlines()
    return own, next((n for n, line in enumerate(lines[first - 1 :], first) if definition.match(line)), first)


def _place_of(component: Any, root: Path) -> tuple[str, int]:
    """Where a component is made: the first project module that has it, as far as a name tells."""
    for module in list(sys.modules.values()):
        own = _own(getattr(module, "__file__", None) or "", root) if isinstance(module, types.ModuleType) else None
        for name, value in list(vars(module).items()) if own else []:
            if value is component:
                lines = (root / str(own)).read_text(encoding="utf-8").splitlines()
                assignment = re.compile(rf"\s*{re.escape(name)}\s*(:[^=]+)?=[^=]")
                found = next((n for n, line in enumerate(lines, 1) if assignment.match(line)), None)
                if found:
                    return str(own), found
    handlers = list(component.handlers.values())
    return _place_of_function(_written(handlers[0].fn), root) if handlers else ("app.py", 1)


def _own(filename: str, root: Path) -> str | None:
    """The path of a file of the project, relative to its root; None for the files of others."""
    path = Path(filename).resolve()
    if not filename or not path.is_relative_to(root) or not path.is_file():
        return None
    relative = path.relative_to(root)
    return None if any(p.startswith(".") or p == "site-packages" for p in relative.parts) else relative.as_posix()


def main() -> None:
    gc.disable()  # a tenth faster
    root = Path(sys.argv[1]).resolve()
    sys.path[0] = str(root)
    answer = os.dup(1)
    os.dup2(2, 1)
    try:
        facts = serve_as_data(root)
    except BaseException as error:  # whatever an app does, sys.exit() too: one answer
        facts = failure(error, root)
    with os.fdopen(answer, "w") as out:
        json.dump(facts, out)
    os._exit(0)  # do not wait for threads that the app may have started


if __name__ == "__main__":
    main()
