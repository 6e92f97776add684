"""`--format sarif`: SARIF 2.1.0, for code scanning and for editors' SARIF viewers."""

import hashlib
import json
from typing import Any
from urllib.parse import quote

from guidelines.catalogue import RULES
from guidelines.checking import Report
from guidelines.finding import Finding, Severity
from guidelines.pages import page
from guidelines.rule import Rule

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report) -> str:
    """One run, with every rule and its page, so that a viewer can explain what it shows."""
    rules = list(RULES.values())
    places = {rule.name: index for index, rule in enumerate(rules)}
    driver = {"name": "guidelines", "rules": [_descriptor(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"SRCROOT": {"uri": f"{report.root.as_uri()}/"}},
        "results": [_result(finding, places[finding.rule]) for finding in report.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _descriptor(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.purpose},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.remedy, "markdown": page(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": list(rule.guidelines)},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    chain = "".join(f"\nvia {step}" for step in finding.chain)
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message + chain},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(finding.path), "uriBaseId": "SRCROOT"},
                    "region": {"startLine": finding.line, "startColumn": finding.column + 1},
                }
            }
        ],
        "partialFingerprints": {"ruleAndMessage/v1": _fingerprint(finding)},
    }


def _uri(path: str) -> str:
    return quote(path)


def _fingerprint(finding: Finding) -> str:
    """The same for the same finding on another line."""
    return hashlib.sha256(f"{finding.path}\0{finding.rule}\0{finding.message}".encode()).hexdigest()[:16]
