from . import billing, shipping
