"""What handlers share where the SDK leaves a hole: typed boundaries, sagas, deadlines, logs, a client.

Services are made exactly as in Restate's documentation, only the import differs: `from durable import Service`.
Nothing here knows the business.
"""

from durable.client import Client, InvocationFailed
from durable.deadline import DeadlineExceeded, deadline
from durable.policy import retry_policy
from durable.saga import CompensationFailed, Saga, is_cancellation, settled
from durable.serde import explain
from durable.services import Service, VirtualObject, Workflow

__all__ = [
    "Client",
    "CompensationFailed",
    "DeadlineExceeded",
    "InvocationFailed",
    "Saga",
    "Service",
    "VirtualObject",
    "Workflow",
    "deadline",
    "explain",
    "is_cancellation",
    "retry_policy",
    "settled",
]
