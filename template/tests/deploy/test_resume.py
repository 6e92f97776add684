"""Work that a bad release left behind goes on with a fix (dont-III-4)."""

import httpx

from tests.deploy.staging import Staging


def test_stuck_and_paused_invocations_go_on_with_the_fix(staging: Staging) -> None:
    first = staging.register("first")
    stuck = [staging.send("try_hard", "x"), staging.send("give_up", "x")]
    nap = staging.send("nap", 60)
    staging.retried(stuck[0], 5)
    staging.reaches(stuck[1], "paused")
    fixed = staging.register("fixed")
    with staging.unchanged():
        rehearsed = staging.deployed("resume", "--from", first, "--on", fixed, "--dry-run")
    done = staging.deployed("resume", "--from", first, "--on", fixed)
    assert sorted(rehearsed["moved"]) == sorted(done["moved"]) == sorted(stuck)
    for each in stuck:
        staging.reaches(each, "completed")
        assert staging.invocation(each)["pinned_deployment_id"] == fixed
        assert staging.invocation(each)["completion_result"] == "success"
    assert staging.invocation(nap)["pinned_deployment_id"] == first


def test_an_invocation_is_resumed_by_its_id(staging: Staging) -> None:
    staging.register("first")
    nap, other = staging.send("nap", 60), staging.send("nap", 60)
    second = staging.register("second")
    outcome = staging.deploy("resume", nap, "--on", staging.url("second"))
    assert outcome.code == 0, outcome
    assert "resumed 1 invocation" in outcome.out
    assert staging.invocation(nap)["pinned_deployment_id"] == second
    assert staging.invocation(other)["pinned_deployment_id"] != second


def test_a_fix_that_cannot_replay_the_journal_is_seen_in_the_status(staging: Staging) -> None:
    first = staging.register("first")
    nap = staging.send("nap", 60)
    other = staging.register("another-way")
    assert staging.deploy("resume", nap, "--on", other).code == 0
    staging.retried(nap, 5)
    (troubled,) = [each for each in staging.deployed("status")["troubled"] if each["id"] == nap]
    assert troubled["last_failure_error_code"] == "RT0016"
    # and back, where its journal comes from
    assert staging.deploy("resume", "--from", other, "--on", first).code == 0
    staging.until(lambda: staging.invocation(nap)["status"] in ("running", "suspended"), "it sleeps again")


def test_zombies_are_seen_and_moved(staging: Staging) -> None:
    first = staging.register("first")
    nap = staging.send("nap", 60)
    second = staging.register("second")
    # what the command never does
    url = f"{staging.server.admin_url}/v3/deployments/{first}"
    httpx.delete(url, params={"force": "true"}, trust_env=False).raise_for_status()
    (zombies,) = [each for each in staging.deployed("status")["zombies"] if each["deployment_id"] == first]
    assert zombies["work"]["invocations"] == 1
    assert f"deploy resume --from {first}" in staging.deploy("status").out
    assert staging.deploy("resume", nap, "--on", second).code == 0
    assert first not in [each["deployment_id"] for each in staging.deployed("status")["zombies"]]


def test_nothing_is_resumed_where_its_handler_is_missing(staging: Staging) -> None:
    first = staging.register("first")
    paused = staging.send("give_up", "x")
    staging.reaches(paused, "paused")
    stock = staging.register("only-stock")
    with staging.unchanged():
        outcome = staging.deploy("resume", "--from", first, "--on", stock)
    assert outcome.code == 2
    assert f"does not serve {staging.prefix}Orders/give_up" in outcome.line


def test_an_invocation_that_has_completed_is_not_resumed(staging: Staging) -> None:
    first = staging.register("first")
    done = staging.send("nap", 0)
    staging.reaches(done, "completed")
    outcome = staging.deploy("resume", done, "--on", first)
    assert outcome.code == 2
    assert "has completed already" in outcome.line
