from collections.abc import Iterator

from guidelines.config_files.deployment import Deployment, line_at
from guidelines.finding import Finding, Severity
from guidelines.rule import Rule


def check(deployment: Deployment) -> Iterator[Finding]:
    for function in deployment.functions:
        for option, wanted in (("AutoPublishAlias", None), ("VersionDeletionPolicy", "Retain")):
            value = function.get("Properties", option)
            if value is None or (wanted and value != wanted):
                message = f"{function.name} has no {option}{f': {wanted}' if wanted else ''}"
                line = line_at(function.table, "Properties", option)
                yield RULE.finding(function.path, line, message)


_GOOD = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Greeter:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.app
      AutoPublishAlias: live
      VersionDeletionPolicy: Retain
"""

RULE = Rule(
    name="unpublished-function",
    guidelines=("do-VII-1",),
    severity=Severity.ERROR,
    checker="config",
    file="deploy/template.yaml",
    purpose="A Lambda function that is not published as versions, or whose versions are deleted.",
    why=(
        "`$LATEST` is whatever was uploaded last, so each upload changes the code below what is in flight. A version "
        "that is deleted with the next one takes its invocations with it."
    ),
    remedy="Say `AutoPublishAlias: live` and `VersionDeletionPolicy: Retain`, and register the ARN of the version.",
    bad=_GOOD.replace("      AutoPublishAlias: live\n", ""),
    good=_GOOD,
    check=check,
)
