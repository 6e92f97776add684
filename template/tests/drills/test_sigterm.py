"""A service that is told to stop while it is called loses nothing: neither an answer nor an invocation."""

from tests.drills.load import load
from tests.drills.rehearsal import Rehearsal


def test_nothing_is_lost_when_a_service_is_stopped_under_load(rehearsal: Rehearsal) -> None:
    service, process = rehearsal.start("first")
    rehearsal.server.register(service.url)
    with load([rehearsal.server.ingress_url], "Orders/nap", 0.2) as calls:
        rehearsal.until(lambda: calls.answered > 10, "calls are answered")
        ended = process.terminate()
        assert ended.returncode == 0
        rehearsal.restart(service)
        before = calls.answered
        rehearsal.until(lambda: calls.answered > before + 10, "calls are answered again")
    assert calls.failures == []
    ended_well = "status = 'completed' and completion_result = 'success'"
    (row,) = rehearsal.server.admin.query(f"select count(*) as calls from sys_invocation where {ended_well}")
    assert row["calls"] == calls.answered
    assert rehearsal.server.admin.unfinished() == []
