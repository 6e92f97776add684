"""A release, from the check to the retirement of the version before it; and the way back."""

from tests.drills.rehearsal import Rehearsal

NAP_SECONDS = 20
"""Long enough for the commands that must find it in flight."""


def test_work_ends_on_the_version_that_began_it(rehearsal: Rehearsal) -> None:
    first, process = rehearsal.start("first")
    old = rehearsal.server.register(first.url)
    assert rehearsal.call("which") == "first"
    nap = rehearsal.send("nap", NAP_SECONDS)

    second, _ = rehearsal.start("second")
    rehearsal.follow("release-check", ADDRESS=second.url)
    rehearsal.follow("release-register", ADDRESS=second.url)
    assert rehearsal.call("which") == "second"
    assert rehearsal.invocation(nap)["pinned_deployment_id"] == old

    rehearsal.follow("release-early", DEPLOYMENT=old)
    rehearsal.follow("release-drain", DEPLOYMENT=old)
    assert rehearsal.invocation(nap)["completion_result"] == "success"
    assert rehearsal.invocation(nap)["pinned_deployment_id"] == old
    rehearsal.follow("release-retire", DEPLOYMENT=old)
    process.terminate()
    assert rehearsal.call("which") == "second"
    now = rehearsal.deployed("status")
    assert now["zombies"] == []
    assert old not in [each["id"] for each in now["deployments"]]


def test_a_rollback_sends_new_work_to_the_earlier_version(rehearsal: Rehearsal) -> None:
    good = rehearsal.registered("first")
    bad = rehearsal.registered("fixed")
    nap = rehearsal.send("nap", 1)
    assert rehearsal.call("which") == "second"
    rehearsal.follow("bad-release-rollback", GOOD=good)
    assert rehearsal.call("which") == "first"
    rehearsal.reaches(nap, "completed")
    assert rehearsal.invocation(nap)["pinned_deployment_id"] == bad
