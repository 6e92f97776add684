"""One place for the project's own service type."""
from .base import PlainService as Service
from .base import make_service, traced

__all__ = ["Service", "make_service", "traced"]
