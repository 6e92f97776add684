import functools
import sqlite3


def total(skus: list[str]) -> int:
    return sum(_price(sku) for sku in skus)


def _price(sku: str) -> int:
    connection = sqlite3.connect("prices.db")  # BAD: do-I-3
    row = connection.execute("select price from prices where sku = ?", (sku,)).fetchone()  # MAY: do-I-3
    return row[0]


@functools.cache
def pure_total(skus: tuple[str, ...]) -> int:
    return sum(len(sku) * 100 for sku in skus)  # OK: pure
