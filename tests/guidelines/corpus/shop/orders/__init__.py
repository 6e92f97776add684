from .service import orders
