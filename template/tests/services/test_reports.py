import pytest

from durable import InvocationFailed
from services import reports
from services.reports import StockQuery
from tests.shop import Shop

pytestmark = pytest.mark.anyio


async def test_a_report_has_every_sku_and_names_those_that_failed(shop: Shop) -> None:
    other = Shop(shop.system)
    await shop.stocked(5)
    await other.stocked(7)
    skus = [shop.sku, "no-such-sku", other.sku, shop.sku]
    report = await shop.system.client.call(reports.stock, StockQuery(skus=skus))
    assert {sku: level.available for sku, level in report.levels.items()} == {shop.sku: 5, other.sku: 7}
    assert report.failed == {"no-such-sku": "no stock of no-such-sku"}
    assert report.late == []


async def test_a_sku_that_could_not_be_a_key_is_refused(shop: Shop) -> None:
    """Asking the object for it would be retried for ever, and break the connection that others use."""
    query = StockQuery.model_construct(skus=["x" * 70_000])
    with pytest.raises(InvocationFailed) as refused:
        await shop.system.client.call(reports.stock, query)
    assert refused.value.status == 400
