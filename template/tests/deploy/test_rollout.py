"""A release from its registration to the retirement of the one before it, and back."""

import re
import threading
import time

from deploy.admin import Admin
from deploy.status import status
from dev import restate_server
from tests.deploy.staging import Command, Fleet, Staging


def test_a_registered_version_gets_new_invocations(staging: Staging) -> None:
    staging.register("first")
    assert staging.call("which") == "first"
    outcome = staging.deploy("register", staging.url("second"), "--version", "2.0.0", "--git-sha", "4f2a")
    assert outcome.code == 0
    assert staging.call("which") == "second"
    (registered,) = [each for each in staging.facts()[0] if each["uri"].startswith(staging.url("second"))]
    assert registered["metadata"] == {"version": "2.0.0", "git_sha": "4f2a"}


def test_registering_again_changes_nothing(staging: Staging) -> None:
    first = staging.register("first")
    with staging.unchanged():
        again = staging.deployed("register", staging.url("first"), "--version", "9.9.9")
    assert (again["id"], again["changed"]) == (first, False)


def test_registering_a_superseded_version_leads_to_the_rollback(staging: Staging) -> None:
    first = staging.register("first")
    staging.register("second")
    with staging.unchanged():
        outcome = staging.deploy("register", staging.url("first"))
    assert outcome.code == 1
    assert f"deploy rollback {first}" in outcome.line


def test_a_dry_run_changes_nothing(staging: Staging) -> None:
    first = staging.register("first")
    with staging.unchanged():
        assert staging.deployed("register", staging.url("second"), "--dry-run")["changed"] is False
    second = staging.register("second")
    with staging.unchanged():
        assert staging.deployed("retire", first, "--dry-run")["changed"] is False
        outcome = staging.deploy(
            "rollback", first, "--dry-run", "--accept", f"removed-handler:{staging.prefix}Orders/refund"
        )
        assert outcome.code == 0
        assert f"would make {first} the latest again" in outcome.out
    assert second


def test_status_says_what_each_deployment_still_runs(staging: Staging) -> None:
    first = staging.register("first")
    sent = [staging.send("nap", 60), staging.send("nap", 60)]
    second = staging.register("second")
    found = {each["id"]: each for each in staging.deployed("status")["deployments"]}
    assert found[first]["state"] == "draining"
    assert found[first]["work"]["invocations"] == 2
    assert found[first]["work"]["oldest"][:10] == staging.invocation(sent[0])["created_at"][:10]
    assert found[second]["state"] == "latest"
    assert found[second]["latest_of"] == [f"{staging.prefix}Orders", f"{staging.prefix}Stock"]
    shown = staging.deploy("status").out
    (line,) = [line for line in shown.splitlines() if line.startswith(first)]
    assert "draining" in line


def test_status_lists_what_needs_a_person(staging: Staging) -> None:
    first = staging.register("first")
    paused, stuck = staging.send("give_up", "x"), staging.send("try_hard", "x")
    staging.reaches(paused, "paused")
    staging.retried(stuck, 5)
    now = staging.deployed("status")
    assert {paused, stuck} <= {each["id"] for each in now["troubled"]}
    (work,) = [each["work"] for each in now["deployments"] if each["id"] == first]
    assert (work["invocations"], work["paused"], work["stuck"]) == (2, 1, 1)
    shown = staging.deploy("status").out
    assert f"paused {paused} {staging.prefix}Orders/give_up on {first}" in shown
    assert "broken release" in shown


def test_metrics_are_the_numbers_of_status(staging: Staging) -> None:
    first = staging.deployed("register", staging.url("first"), "--version", "1.0.0")["id"]
    staging.reaches(staging.send("give_up", "x"), "paused")
    printed = staging.deploy("metrics").out
    labels = "{" + f'deployment="{first}",state="latest",version="1.0.0"' + "}"
    assert f"deploy_invocations{labels} 1.0" in printed
    assert f"deploy_paused_invocations{labels} 1.0" in printed
    assert f"deploy_stuck_invocations{labels} 0.0" in printed


def test_status_asks_as_often_whatever_is_in_flight(deploy: Command, fleet: Fleet) -> None:
    with restate_server.start() as server:
        staging = Staging(server, fleet, deploy)
        first = staging.register("first")
        admin = Admin(server.admin_url)
        status(admin)
        few, admin.requests = admin.requests, 0
        staging.call("send_naps", staging.prefix)
        staging.register("second")

        def all_there() -> bool:
            admin.requests = 0
            now = status(admin)
            there = now.of(first)
            return there is not None and there.work.invocations + now.waiting.invocations >= 1_000

        staging.until(all_there, "a thousand invocations are in flight", timeout=60.0)
        assert admin.requests == few == 4
        admin.close()
        staging.clear()


def test_retire_refuses_what_still_runs_and_takes_what_is_drained(staging: Staging) -> None:
    first = staging.register("first")
    naps = [staging.send("nap", 60), staging.send("nap", 60)]
    staging.register("second")
    with staging.unchanged():
        refused = staging.deploy("retire", first)
    assert refused.code == 1
    assert f"{first}" in refused.line
    assert re.search(r"still has 2 invocations \(oldest \d+ s\)", refused.line)
    assert f"deploy drain {first} --wait" in refused.line
    for nap in naps:
        staging.cancel(nap)
        staging.reaches(nap, "completed")
    assert staging.deploy("retire", first).code == 0
    now = staging.deployed("status")
    assert first not in [each["id"] for each in now["deployments"]]
    assert now["zombies"] == []


def test_retire_refuses_the_latest(staging: Staging) -> None:
    first = staging.register("first")
    with staging.unchanged():
        outcome = staging.deploy("retire", first)
    assert outcome.code == 1
    assert f"is the latest of {staging.prefix}Orders, {staging.prefix}Stock" in outcome.line


def test_retire_refuses_what_is_still_the_latest_of_a_removed_service(staging: Staging) -> None:
    first = staging.register("first")
    staging.register("removed-service")
    with staging.unchanged():
        outcome = staging.deploy("retire", first)
    assert outcome.code == 1
    assert f"is the latest of {staging.prefix}Stock" in outcome.line


def test_drain_waits_until_the_last_one_has_ended(staging: Staging) -> None:
    first = staging.register("first")
    nap = staging.send("nap", 60)
    staging.register("second")
    waiting = staging.deploy("drain", first)
    assert waiting.code == 1
    assert "still has 1 invocation (oldest" in waiting.err
    waking = threading.Timer(0.2, staging.cancel, [nap])
    waking.start()
    assert staging.deployed("drain", first, "--wait", "--timeout", "20")["drained"] is True
    assert staging.invocation(nap)["status"] == "completed"
    assert staging.deploy("drain", first).code == 0


def test_drain_says_how_it_gets_on(staging: Staging) -> None:
    first = staging.register("first")
    naps = [staging.send("nap", 60), staging.send("nap", 60)]
    staging.register("second")

    def wake() -> None:
        for nap in naps:
            time.sleep(0.7)
            staging.cancel(nap)

    waking = threading.Thread(target=wake)
    waking.start()
    outcome = staging.deploy("drain", first, "--wait")
    waking.join()
    assert outcome.code == 0
    assert "still has" not in outcome.err
    assert "2 invocations" in outcome.err
    assert "1 invocation " in outcome.err
    assert f"deploy retire {first}" in outcome.out


def test_drain_gives_up_in_time(staging: Staging) -> None:
    first = staging.register("first")
    staging.send("nap", 60)
    staging.register("second")
    outcome = staging.deploy("drain", first, "--wait", "--timeout", "0.2")
    assert outcome.code == 1
    assert "after 0.2 s" in outcome.err


def test_drain_does_not_wait_for_what_needs_a_person(staging: Staging) -> None:
    first = staging.register("first")
    paused = staging.send("give_up", "x")
    staging.reaches(paused, "paused")
    staging.register("second")
    outcome = staging.deploy("drain", first, "--wait")
    assert outcome.code == 1
    assert f"deploy resume --from {first}" in outcome.err


def test_a_rollback_makes_the_earlier_version_the_latest_again(staging: Staging) -> None:
    first = staging.deployed("register", staging.url("first"), "--version", "1.0.0", "--git-sha", "a")["id"]
    second = staging.register("fixed")
    nap = staging.send("nap", 60)
    assert staging.call("which") == "second"
    assert staging.deploy("rollback", first).code == 0
    assert staging.call("which") == "first"
    assert staging.invocation(nap)["pinned_deployment_id"] == second
    found = {each["id"]: each for each in staging.deployed("status")["deployments"]}
    assert (found[first]["state"], found[second]["state"]) == ("latest", "draining")
    assert found[first]["metadata"] == {"version": "1.0.0", "git_sha": "a"}


def test_a_rollback_that_takes_a_handler_away_must_say_so(staging: Staging) -> None:
    first = staging.register("first")
    staging.register("second")
    with staging.unchanged():
        refused = staging.deploy("rollback", staging.url("first"))
    assert refused.code == 1
    lost = f"removed-handler:{staging.prefix}Orders/refund"
    assert lost in refused.out
    assert staging.deploy("rollback", first, "--accept", lost).code == 0
    assert staging.call("which") == "first"


def test_a_rollback_keeps_how_a_deployment_is_reached(staging: Staging) -> None:
    body = {"uri": staging.url("first"), "force": False, "additional_headers": {"x-route": "blue"}}
    first = staging.server.admin.request("POST", "/v3/deployments", body)["id"]
    before = staging.server.admin.request("GET", f"/v3/deployments/{first}")
    staging.register("fixed")
    assert staging.deploy("rollback", first).code == 0
    after = staging.server.admin.request("GET", f"/v3/deployments/{first}")
    same = ("uri", "additional_headers", "http_version", "protocol_type")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert after["additional_headers"] == {"x-route": "blue"}


def test_a_rollback_to_the_latest_has_nothing_to_do(staging: Staging) -> None:
    first = staging.register("first")
    with staging.unchanged():
        assert staging.deployed("rollback", first)["changed"] is False


def test_a_rollback_to_an_address_with_other_code_is_refused(staging: Staging) -> None:
    first = staging.register("moving")
    staging.register("fixed")
    staging.move("added-handler")
    with staging.unchanged():
        outcome = staging.deploy("rollback", first)
    assert outcome.code == 1
    assert f"drifted:{first}" in outcome.out
