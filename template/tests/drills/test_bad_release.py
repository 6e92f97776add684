"""What a bad release leaves behind: stuck, paused and mismatching invocations, and keys that are blocked."""

from dev.process import wait_until
from tests.drills.rehearsal import Rehearsal


def test_what_is_left_on_a_bad_release_goes_on_with_the_fix(rehearsal: Rehearsal) -> None:
    bad = rehearsal.registered("first")
    stuck = rehearsal.send("try_hard", "x")
    rehearsal.retried(stuck, 5)
    fixed = rehearsal.registered("fixed")
    rehearsal.follow("bad-release-resume", BAD=bad, GOOD=fixed)
    rehearsal.reaches(stuck, "completed")
    assert rehearsal.invocation(stuck)["completion_result"] == "success"
    assert rehearsal.invocation(stuck)["pinned_deployment_id"] == fixed


def test_a_stuck_invocation_is_found_and_can_be_cancelled(rehearsal: Rehearsal) -> None:
    rehearsal.registered("first")
    stuck = rehearsal.send("try_hard", "x")
    rehearsal.retried(stuck, 6)  # and is left alone for five seconds
    rehearsal.follow("stuck-status", INVOCATION=stuck)
    rehearsal.follow("stuck-query", INVOCATION=stuck)
    before = rehearsal.invocation(stuck)["last_start_at"]
    rehearsal.follow("stuck-resume", INVOCATION=stuck)
    wait_until(lambda: rehearsal.invocation(stuck)["last_start_at"] != before, "it is tried again", timeout=4.0)
    rehearsal.follow("stuck-cancel", INVOCATION=stuck)
    rehearsal.reaches(stuck, "completed")
    assert "cancelled" in rehearsal.invocation(stuck)["completion_failure"]


def test_paused_work_goes_on_with_the_fix(rehearsal: Rehearsal) -> None:
    bad = rehearsal.registered("first")
    paused = rehearsal.send("give_up", "x")
    rehearsal.reaches(paused, "paused")
    rehearsal.follow("paused-query")
    fixed = rehearsal.registered("fixed")
    rehearsal.follow("paused-resume", INVOCATION=paused, GOOD=fixed)
    rehearsal.reaches(paused, "completed")
    assert rehearsal.invocation(paused)["completion_result"] == "success"
    assert bad != rehearsal.invocation(paused)["pinned_deployment_id"]


def test_a_journal_mismatch_is_seen_and_mended(rehearsal: Rehearsal) -> None:
    """Code that was changed in place cannot replay the journal of its own work (dont-III-3)."""
    service, process = rehearsal.start("first")
    changed = rehearsal.server.register(service.url)
    nap = rehearsal.send("nap", 3)
    process.kill()
    # other code at the same address, without a registration
    replaced = rehearsal.restart(type(service)("another-way", service.port, service.directory))
    rehearsal.fails_with(nap, "RT0016")
    rehearsal.follow("mismatch-status", INVOCATION=nap, DEPLOYMENT=changed)
    rehearsal.follow("mismatch-journal", INVOCATION=nap)
    fixed = rehearsal.registered("fixed")  # naps as the first did
    rehearsal.follow("mismatch-resume", DEPLOYMENT=changed, GOOD=fixed)
    rehearsal.reaches(nap, "completed")
    assert rehearsal.invocation(nap)["completion_result"] == "success"
    assert rehearsal.invocation(nap)["pinned_deployment_id"] == fixed
    assert replaced.returncode is None


def test_a_poisoned_key_is_found_and_freed(rehearsal: Rehearsal) -> None:
    rehearsal.registered("broken-object")
    first = rehearsal.send_to_key("place", "k1", {"sku": "teapot"})
    rehearsal.retried(first, 5)
    behind = rehearsal.send_to_key("place", "k1", {"sku": "cup"})
    rehearsal.follow("poisoned-query", SERVICE="Orders", KEY="k1", INVOCATION=first)
    assert rehearsal.invocation(behind)["status"] == "pending"
    fixed = rehearsal.registered("mended-object")
    rehearsal.follow("poisoned-resume", INVOCATION=first, GOOD=fixed)
    for each in (first, behind):
        rehearsal.reaches(each, "completed")
        assert rehearsal.invocation(each)["completion_result"] == "success"
