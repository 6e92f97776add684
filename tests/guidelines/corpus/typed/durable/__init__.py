from .saga import Saga, is_cancellation
from .services import Service, VirtualObject

__all__ = ["Saga", "Service", "VirtualObject", "is_cancellation"]
