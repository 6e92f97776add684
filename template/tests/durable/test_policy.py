from uuid import uuid4

import pytest

from tests import probe
from tests.system import FAST, System

pytestmark = pytest.mark.anyio


async def test_retries_end_in_a_pause_and_go_on_when_resumed(system: System) -> None:
    what = str(uuid4())
    sent = await system.client.send(probe.gives_up, what)
    await system.paused(sent.invocation_id)
    assert system.effects().count(f"tried {what}") == probe.ATTEMPTS
    system.add_effect(f"mended {what}")
    await system.resume(sent.invocation_id)
    assert await system.client.attach(sent.invocation_id, probe.gives_up) == "done"


async def test_every_service_has_the_policy_of_the_settings(system: System) -> None:
    for service in system.server.admin.request("GET", "/services")["services"]:
        assert service["retry_policy"]["on_max_attempts"] == "Pause", service["name"]
        if service["name"] not in probe.NAMES:
            assert str(service["retry_policy"]["max_attempts"]) == FAST["RETRY_MAX_ATTEMPTS"], service["name"]
