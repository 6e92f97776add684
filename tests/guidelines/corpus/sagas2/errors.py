from restate import TerminalError


class ShopError(Exception):
    pass


class NotFound(ShopError):
    pass


class OutOfStock(TerminalError):
    def __init__(self, sku: str) -> None:
        super().__init__(f"{sku} is out of stock", status_code=409)


class Declined(OutOfStock):
    pass
