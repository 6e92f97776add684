"""The service objects; their handlers live elsewhere."""
from core import Service, make_service
from core.base import KeyedThing

billing = Service("Billing")
shipping = make_service("shipping")
parcels = KeyedThing("Parcels")
