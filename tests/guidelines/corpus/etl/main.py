"""ETL: databases, buckets, files, queues; half in steps, half not."""
import argparse
import asyncio
import sys
from datetime import UTC, datetime

import restate

from pipeline import extract, nightly, transform

app = restate.app([extract.service, transform.service, nightly.service])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--day", default=f"{datetime.now(UTC):%Y-%m-%d}")  # OK: a command line
    args = parser.parse_args()
    print(args.day, file=sys.stderr)  # OK: a command line
    asyncio.run(backfill(args.day))  # OK: a command line
    return 0


async def backfill(day: str) -> None:
    tables = await asyncio.gather(extract.read_rows(day), extract.read_rows("all"))  # OK: a command line
    for table in {str(t) for t in tables}:  # OK: a command line
        print(table)  # OK: a command line


if __name__ == "__main__":
    raise SystemExit(main())
