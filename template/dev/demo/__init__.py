"""`make demo`: four orders on real parts, one of them through a crash, and then the provider's books.

The only room in `dev/`, besides the sandbox, that knows the shop.
"""
