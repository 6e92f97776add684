"""What a release may change, and what it may not: each change is compared with a version that runs (dont-III-2)."""

import pytest

from deploy.address import parse
from tests.deploy.staging import Staging

BREAKS = {
    "removed-handler": "removed-handler:{}Orders/cancel",
    "removed-service": "removed-service:{}Stock",
    "turned-object": "changed-type:{}Orders",
    "required-field": "narrowed-input:{}Orders/place",
    "renamed-field": "narrowed-input:{}Orders/place",
    "widened-output": "widened-output:{}Orders/place",
    "private-handler": "newly-private:{}Orders/cancel",
    "private-service": "newly-private:{}Orders",
    "lowered-retention": "lowered-retention:{}Orders",
}

HARMLESS = ("added-handler", "optional-field", "raised-retention", "second", "fixed")


@pytest.mark.parametrize("version", BREAKS)
def test_a_change_that_breaks_callers_is_named_and_not_registered(staging: Staging, version: str) -> None:
    first = staging.register("first")
    with staging.unchanged():
        outcome = staging.deploy("check", staging.url(version), "--json")
        refused = staging.deploy("register", staging.url(version))
    assert (outcome.code, refused.code) == (1, 1)
    assert "nothing was changed" in refused.line
    assert BREAKS[version].format(staging.prefix) in [finding["id"] for finding in outcome.json["findings"]]
    assert outcome.json["compared_with"] == [first]


@pytest.mark.parametrize("version", HARMLESS)
def test_a_change_that_breaks_nobody_is_let_through(staging: Staging, version: str) -> None:
    staging.register("first")
    with staging.unchanged():
        outcome = staging.deploy("check", staging.url(version))
    assert outcome.code == 0, outcome
    assert "it can be registered" in outcome.out


def test_the_reason_is_said_in_words(staging: Staging) -> None:
    staging.register("first")
    outcome = staging.deploy("check", staging.url("renamed-field"))
    assert "input note: is not read any more" in outcome.out
    outcome = staging.deploy("check", staging.url("required-field"))
    assert "input address: is required now" in outcome.out
    outcome = staging.deploy("check", staging.url("widened-output"))
    assert "output number: was string, is string or null" in outcome.out


def test_the_first_version_of_an_app_breaks_nobody(staging: Staging) -> None:
    with staging.unchanged():
        outcome = staging.deploy("check", staging.url("first"))
    assert outcome.code == 0
    assert "it is the first version" in outcome.out


def test_damage_that_is_named_is_accepted(staging: Staging) -> None:
    staging.register("first")
    damage = f"removed-handler:{staging.prefix}Orders/cancel"
    outcome = staging.deploy("check", staging.url("removed-handler"), "--accept", damage)
    assert outcome.code == 0
    assert staging.deploy("register", staging.url("removed-handler"), "--accept", damage).code == 0


def test_a_changed_type_is_registered_only_if_it_is_accepted(staging: Staging) -> None:
    staging.register("first")
    damage = [
        finding["id"] for finding in staging.deploy("check", staging.url("turned-object"), "--json").json["findings"]
    ]
    accept = [part for each in damage for part in ("--accept", each)]
    second = staging.deployed("register", staging.url("turned-object"), *accept)["id"]
    service = staging.server.admin.request("GET", f"/v3/services/{staging.prefix}Orders")
    assert (service["ty"], service["deployment_id"]) == ("VirtualObject", second)


def test_damage_that_is_not_there_cannot_be_accepted(staging: Staging) -> None:
    staging.register("first")
    with staging.unchanged():
        outcome = staging.deploy("register", staging.url("second"), "--accept", "removed-handler:Orders/cancel")
    assert outcome.code == 2
    assert "nothing to accept" in outcome.line


def test_other_code_at_a_registered_address_is_seen(staging: Staging) -> None:
    deployment = staging.register("moving")
    assert staging.deploy("check", staging.url("moving")).code == 0
    staging.move("added-handler")
    with staging.unchanged():
        checked = staging.deploy("check", staging.url("moving"), "--json")
        registered = staging.deploy("register", staging.url("moving"))
        accepted = staging.deploy("register", staging.url("moving"), "--accept", f"drifted:{deployment}")
    assert checked.code == 1
    assert [finding["id"] for finding in checked.json["findings"]] == [f"drifted:{deployment}"]
    assert "do-VII-1" in registered.out
    assert registered.code == 1
    assert accepted.code == 2


def test_settings_changed_on_the_server_are_no_drift(staging: Staging) -> None:
    staging.register("first")
    staging.server.admin.patch_service(f"{staging.prefix}Orders", public=False, idempotency_retention="P9D")
    assert staging.deploy("check", staging.url("first")).code == 0


def test_a_service_may_move_to_an_app_of_its_own(staging: Staging) -> None:
    staging.register("first")
    assert staging.deploy("check", staging.url("removed-service")).code == 1
    staging.register("only-stock")
    assert staging.deploy("check", staging.url("removed-service")).code == 0


@pytest.mark.parametrize("address", ["http://orders.example.com:9080", "http://8.8.8.8:9080"])
def test_requests_in_clear_over_the_internet_are_a_finding(address: str) -> None:
    assert parse(address).is_plain_and_public
    assert not parse(address.replace("http:", "https:")).is_plain_and_public


@pytest.mark.parametrize("address", ["http://orders:9080", "http://10.1.2.3:9080", "http://a.shop.svc.cluster.local"])
def test_requests_in_clear_at_home_are_fine(address: str) -> None:
    assert not parse(address).is_plain_and_public
