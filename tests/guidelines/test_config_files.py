"""Deployment files are judged by what they say together, and at the line where they say it."""

from collections.abc import Iterator
from textwrap import dedent

import pytest
import yaml

from guidelines.checking import check
from guidelines.config import ConfigError, project_of
from guidelines.config_files import reading
from guidelines.config_files.deployment import Deployment, from_environment, size
from guidelines.config_files.rules import RULES
from guidelines.finding import Finding
from guidelines.rule import Rule
from tests.guidelines.conftest import Build


def found(build: Build, **files: str) -> list[Finding]:
    names = {"compose": "deploy/compose.yaml", "settings": "deploy/cluster/restate.toml", "script": "deploy/run.sh"}
    named = {names.get(name, f"deploy/{name}.yaml"): dedent(text) for name, text in files.items()}
    root = build({"pyproject.toml": "[tool.guidelines]\n", **named})
    return check(root, project_of(root)).findings


def places(findings: list[Finding]) -> list[tuple[str, str, int]]:
    return [(finding.rule, finding.path, finding.line) for finding in findings]


THREE_NODES = """\
    x-node: &node
      image: restatedev/restate:1.2.3
      command: [--config-file, /etc/restate.toml]
      volumes: ["./cluster/restate.toml:/etc/restate.toml:ro"]
    services:
      one: {<<: *node, environment: {RESTATE_NODE_NAME: one}}
      two: {<<: *node, environment: [RESTATE_NODE_NAME=two]}
"""


def test_the_names_are_those_of_the_files() -> None:
    assert all(rule.check.__module__.endswith(rule.name.replace("-", "_")) for rule in RULES)


def test_a_mounted_configuration_file_counts_for_each_node(build: Build) -> None:
    settings = '[worker.snapshots]\ndestination = "s3://bucket/snapshots"\n'
    assert found(build, compose=THREE_NODES, settings=settings) == []


def test_without_it_each_node_lacks_snapshots(build: Build) -> None:
    findings = found(build, compose=THREE_NODES, settings='log-format = "json"\n')
    assert places(findings) == [("no-snapshots", "deploy/compose.yaml", line) for line in (6, 7)]


def test_the_environment_overrules_a_configuration_file(build: Build) -> None:
    settings = '[metadata-client]\ntype = "object-store"\npath = "s3://bucket/metadata"\n'
    compose = """\
        services:
          one:
            image: restatedev/restate:1.2.3
            command: --config-file /etc/restate.toml
            volumes: ["./cluster/restate.toml:/etc/restate.toml"]
            environment:
              RESTATE_NODE_NAME: one
              RESTATE_METADATA_CLIENT__AWS_ENDPOINT_URL: https://minio.example.com
    """
    assert places(found(build, compose=compose, settings=settings)) == [
        ("metadata-look-alike", "deploy/compose.yaml", 3)
    ]


@pytest.mark.parametrize(
    ("request_", "limit", "rocksdb", "message"),
    [
        ("4Gi", "8Gi", "3 GiB", None),
        ("4Gi", "8Gi", "3.1 GiB", "78% of the memory that it asks for"),
        ("4Gi", "5Gi", "3 GiB", "of its limit"),
    ],
)
def test_memory_is_counted_together(build: Build, request_: str, limit: str, rocksdb: str, message: str | None) -> None:
    cluster = f"""\
        apiVersion: restate.dev/v1
        kind: RestateCluster
        metadata: {{name: restate}}
        spec:
          compute:
            resources: {{requests: {{memory: {request_}}}, limits: {{memory: {limit}}}}}
          config: |
            rocksdb-total-memory-size = "{rocksdb}"
    """
    findings = found(build, cluster=cluster)
    assert len(findings) == (message is not None)
    assert all(message in finding.message for finding in findings if message)


@pytest.mark.parametrize(
    ("options", "is_found"),
    [
        ("", True),
        ("hostname: one", False),
        ("command: [--node-name, one]", False),
        ("environment: {RESTATE_NODE_NAME: one}", False),
        ("environment: {RESTATE_NODE_NAME: '${NAME}'}", True),
    ],
)
def test_a_node_in_a_container_has_a_name_of_its_own(build: Build, options: str, is_found: bool) -> None:
    compose = f"services:\n  one:\n    image: restatedev/restate:1.2.3\n    {options}\n"
    assert [finding.rule for finding in found(build, compose=compose)] == ["floating-node"] * is_found


def test_a_finding_can_be_accepted_in_its_place(build: Build) -> None:
    compose = """\
        services:
          restate:
            image: restatedev/restate:1.2.3
            hostname: restate
            # guidelines: ignore[open-to-everybody] the firewall of this machine lets nobody in
            ports: ["8080:8080"]
    """
    assert found(build, compose=compose) == []
    assert places(found(build, compose=compose.replace('"8080', '"127.0.0.1:8080'))) == [
        ("unused-suppression", "deploy/compose.yaml", 5)
    ]


def test_a_broken_file_is_named_with_its_line(build: Build) -> None:
    findings = found(build, compose="services:\n  one: [\n", settings="a = \n")
    assert [(finding.rule, finding.path) for finding in findings] == [
        ("unreadable-deployment-file", "deploy/cluster/restate.toml"),
        ("unreadable-deployment-file", "deploy/compose.yaml"),
    ]


def test_an_excluded_file_is_not_read(build: Build) -> None:
    root = build(
        {"pyproject.toml": '[tool.guidelines]\nexclude = ["deploy/old"]\n', "deploy/old/compose.yaml": "services: [\n"}
    )
    assert check(root, project_of(root)).findings == []


def test_a_call_that_only_resembles_is_not_found(build: Build) -> None:
    script = """\
        # never: curl -X DELETE $ADMIN/invocations/inv_1, nor PUT /deployments
        curl -X PATCH $ADMIN/invocations/$1/cancel
        curl -X DELETE $ADMIN/deployments/$1
    """
    assert found(build, script=script) == []


def test_a_call_in_python_is_found_and_a_word_about_it_is_not(build: Build) -> None:
    calls = """\
        \'\'\'Never DELETE /invocations, never PUT /deployments.\'\'\'
        http.delete(f"{admin}/invocations/{id}")
        http.request("PUT", f"/v2/deployments/{id}")
    """
    root = build({"deploy/calls.py": dedent(calls)})
    deployment = Deployment(tuple(reading.files(root, ())))
    findings = [finding for rule in RULES for finding in rule.check(deployment)]
    assert [(finding.rule, finding.line) for finding in findings] == [("deployment-put", 3), ("invocation-delete", 2)]


def test_without_pyyaml_it_says_what_to_install(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with pytest.raises(ConfigError, match="uv add --dev pyyaml"):
        found(build, compose="services: {}\n")


def test_tags_of_cloudformation_are_read(build: Build) -> None:
    template = "Resources:\n  A:\n    Type: B\n    Arn: !Sub x\n    Is: !If [a, !Ref b, c]\n"
    root = build({"deploy/template.yaml": template})
    deployment = Deployment(tuple(reading.files(root, ())))
    assert [file.problem for file in deployment.files] == [None]


@pytest.mark.parametrize(
    ("text", "bytes_"), [("3 GiB", 3 * 2**30), ("4Gi", 4 * 2**30), ("512m", 2**29), (7, 7), ("${MEMORY}", None)]
)
def test_sizes_of_every_notation(text: object, bytes_: float | None) -> None:
    assert size(text) == bytes_


def test_variables_are_keys() -> None:
    variables = {"RESTATE_WORKER__SNAPSHOTS__AWS_REGION": "eu", "RESTATE_EMPTY": "", "HOME": "/"}
    assert from_environment(variables) == {"worker": {"snapshots": {"aws-region": "eu"}}}


JUNK: list[object] = [None, 1, "x", [], {}, ["x"], [None], {"x": None}, "${X}"]


def spoilt(value: object) -> Iterator[object]:
    """A document, with each part of it in turn replaced by something that does not belong there."""
    yield from JUNK
    if isinstance(value, dict):
        for key, part in value.items():
            yield from ({**value, key: other} for other in spoilt(part))
    if isinstance(value, list):
        for place, part in enumerate(value):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in spoilt(part))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.file.endswith(".yaml")], ids=lambda rule: rule.name)
def test_no_document_breaks_a_checker(build: Build, rule: Rule) -> None:
    documents = [*yaml.safe_load_all(rule.good)]
    texts = {yaml.safe_dump_all(each) for each in spoilt(documents) if isinstance(each, list)}
    root = build({f"deploy/{number}.yaml": text for number, text in enumerate(sorted(texts))})
    for file in reading.files(root, ()):
        for each in RULES:
            list(each.check(Deployment((file,))))
