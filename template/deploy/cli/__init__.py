"""The command line. Each error is one line on standard error; how a command ends is in `verdicts`."""

import os
import sys
from collections.abc import Sequence

import typer

from deploy import output
from deploy.cli import rollouts, servers
from deploy.cli.verdicts import DONE, INTERRUPTED, NO
from deploy.errors import DeployError

app = typer.Typer(
    name="deploy",
    help="Rolls versions of this service out, and back, without breaking what is in flight.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(rollouts.app)
app.add_typer(servers.app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command. Every error is one line on standard error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        code = app(given, prog_name="python -m deploy", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except DeployError as error:
        output.error(str(error), as_json=as_json)
        return error.exit_code
    except typer.TyperException as error:
        if message := error.format_message():  # else it has printed the help
            output.error(f"{message} ('--help' says more)", as_json=as_json)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:  # `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO
