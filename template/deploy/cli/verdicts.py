"""How a command ends: exit code 0 for done, 1 for "no" with the reason, 2 for input that makes no sense."""

from collections.abc import Sequence

from pydantic import BaseModel

from deploy import output
from deploy.compatibility import Finding

DONE, NO, INTERRUPTED = 0, 1, 130


def done(result: BaseModel, line: str, *notes: str, as_json: bool) -> int:
    """Prints the result for programs, or the lines for people."""
    if as_json:
        output.document(result)
    else:
        output.done(line)
        for note in notes:
            output.note(note)
    return DONE


def verdict(findings: Sequence[Finding], good: str, *, as_json: bool) -> int:
    """Prints findings, and says yes or no."""
    still = [finding for finding in findings if not finding.accepted]
    if not as_json:
        output.findings(findings)
        if not still:
            output.done(good)
    if still:
        number = f"{len(still)} finding{'' if len(still) == 1 else 's'}"
        acceptable = next((each for each in still if each.acceptable), None)
        accept = f", or accept each that is meant with --accept {acceptable.id}" if acceptable else ""
        return no(f"{number}, nothing was changed: mend what it says{accept}", as_json=as_json)
    return DONE


def no(message: str, *, as_json: bool) -> int:
    """A refusal whose document has been printed already."""
    if not as_json:
        output.error(message)
    return NO
