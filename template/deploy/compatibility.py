"""What a new version breaks for those who call the old one. The server accepts nearly all of it (dont-III-2)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from pydantic import BaseModel, computed_field

from deploy import durations
from deploy.admin import Handler, Service
from deploy.errors import BadInput
from deploy.schemas import Change, narrowed_input, widened_output

RETENTIONS = ("idempotency_retention", "journal_retention", "workflow_completion_retention")


class Finding(BaseModel):
    """One thing that breaks; `id` is what accepts it, such as "removed-handler:Greeter/greet"."""

    kind: str
    subject: str
    message: str
    acceptable: bool = True
    """Whether a person may decide that it is meant."""
    accepted: bool = False

    @computed_field  # type: ignore[prop-decorator]
    @property
    def id(self) -> str:
        return f"{self.kind}:{self.subject}"


def accept_findings(findings: Sequence[Finding], accept: Collection[str]) -> None:
    """Marks those that a person accepts by their ids.

    Raises:
        BadInput: an id is not among them, or must not be accepted.
    """
    acceptable = {finding.id for finding in findings if finding.acceptable}
    if unknown := sorted(set(accept) - acceptable):
        there = ", ".join(sorted(acceptable)) or "nothing to accept"
        raise BadInput(f"--accept {unknown[0]} is not among what was found; there is: {there}")
    for finding in findings:
        finding.accepted = finding.id in accept


def breakage(old: Sequence[Service], new: Sequence[Service]) -> Iterator[Finding]:
    """What the callers of `old` lose if `new` takes its place, service by service."""
    successors = {service.name: service for service in new}
    for service in sorted(old, key=lambda service: service.name):
        if successor := successors.get(service.name):
            yield from _service(service, successor)
        else:
            yield Finding(
                kind="removed-service",
                subject=service.name,
                message="is not served any more; its calls stay on the old deployment, which can never be retired",
            )


def additions(old: Sequence[Service], new: Sequence[Service]) -> Iterator[str]:
    """Services and handlers that are new."""
    before = {service.name: {handler.name for handler in service.handlers} for service in old}
    for service in sorted(new, key=lambda service: service.name):
        if service.name not in before:
            yield service.name
            continue
        for name in sorted({handler.name for handler in service.handlers} - before[service.name]):
            yield f"{service.name}/{name}"


def _service(old: Service, new: Service) -> Iterator[Finding]:
    if old.ty != new.ty:
        yield Finding(kind="changed-type", subject=old.name, message=f"was {_type(old.ty)}, is {_type(new.ty)}")
    if old.public and not new.public:
        yield Finding(kind="newly-private", subject=old.name, message="can no longer be called through the ingress")
    yield from _retention(old.name, _kept(old), _kept(new))
    handlers = {handler.name: handler for handler in new.handlers}
    for handler in sorted(old.handlers, key=lambda handler: handler.name):
        subject = f"{old.name}/{handler.name}"
        if successor := handlers.get(handler.name):
            yield from _handler(subject, handler, successor)
            if _own(handler) or _own(successor):
                yield from _retention(subject, _kept(old) | _own(handler), _kept(new) | _own(successor))
            if old.public and new.public and handler.public and not successor.public:
                message = "can no longer be called through the ingress"
                yield Finding(kind="newly-private", subject=subject, message=message)
        else:
            yield Finding(kind="removed-handler", subject=subject, message="is gone; its callers get 404")


def _handler(subject: str, old: Handler, new: Handler) -> Iterator[Finding]:
    if old.ty != new.ty:
        message = f"was {old.ty or 'none'}, is {new.ty or 'none'}".lower()
        yield Finding(kind="changed-type", subject=subject, message=message)
    for change in _input_changes(old, new):
        yield Finding(kind="narrowed-input", subject=subject, message=f"input {change}")
    for change in _output_changes(old, new):
        yield Finding(kind="widened-output", subject=subject, message=f"output {change}")


def _input_changes(old: Handler, new: Handler) -> list[Change]:
    before, after = old.input_description, new.input_description
    if (before == "none") != (after == "none"):
        return [Change("", "must be given now" if before == "none" else "must be empty now")]
    if old.input_json_schema is None and new.input_json_schema is None and before != after:
        return [Change("", f"was {before}, is {after}")]
    return narrowed_input(_schema(old.input_json_schema), _schema(new.input_json_schema))


def _output_changes(old: Handler, new: Handler) -> list[Change]:
    before, after = old.output_description, new.output_description
    if (before == "none") != (after == "none"):
        return [Change("", "was empty, is not now" if before == "none" else "is empty now")]
    if old.output_json_schema is None and new.output_json_schema is None and before != after:
        return [Change("", f"was {before}, is {after}")]
    return widened_output(_schema(old.output_json_schema), _schema(new.output_json_schema))


def _schema(schema: bool | dict[str, object] | None) -> bool | dict[str, object]:
    return True if schema is None else schema


def _own(declared: Handler | Service) -> dict[str, timedelta]:
    """The retentions that are said, by name."""
    said = {name: getattr(declared, name) for name in RETENTIONS}
    return {name: durations.parse(text) for name, text in said.items() if text is not None}


def _kept(service: Service) -> dict[str, timedelta]:
    """The retentions of a service; the server keeps nothing for one that it does not mention."""
    return dict.fromkeys(RETENTIONS, timedelta(0)) | _own(service)


def _retention(subject: str, old: Mapping[str, timedelta], new: Mapping[str, timedelta]) -> Iterator[Finding]:
    for name in RETENTIONS:
        if new[name] < old[name]:
            message = f"{name.replace('_', ' ')} was {durations.rounded(old[name])}, is {durations.rounded(new[name])}"
            yield Finding(kind="lowered-retention", subject=subject, message=message)


def _type(name: str) -> str:
    return {"Service": "a service", "VirtualObject": "an object", "Workflow": "a workflow"}.get(name, name)
