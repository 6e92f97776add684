from . import bookings, cleaning, prices

__all__ = ["bookings", "cleaning", "prices"]
