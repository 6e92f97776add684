"""Journals of the invocations in flight, from a server's admin API. Nothing is written there."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx

from guidelines.replay.journal import Entry, Journal
from guidelines.replay.seed import random_seed

Row = dict[str, Any]

BATCH = 100
"""Invocations per query, which also bounds what is in memory."""

JOURNAL_VERSION = 2
"""The server's own number for journals whose `raw` is the body of the message."""

TRIES = 3
"""An invocation may move on between two queries."""


class AdminError(Exception):
    """The server does not answer, or not with what is asked for. The message says what to do."""


class Admin:
    """Every method raises `AdminError`."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        headers = {"accept": "application/json"}  # or /query answers in Arrow
        if token:
            headers["authorization"] = f"Bearer {token}"
        try:
            self._http = httpx.Client(base_url=url, headers=headers, timeout=30.0, trust_env=False)
        except (httpx.InvalidURL, ValueError) as error:
            raise AdminError(f"'{url}' is no URL: {error}") from None

    def journals(self) -> Iterator[Journal]:
        """Every invocation that has not completed, with its journal and state; oldest first."""
        yield from self._journals("status <> 'completed'")

    def journal(self, invocation_id: str) -> Journal | None:
        """That of one invocation, even if it has completed and is retained; None if there is none."""
        return next(self._journals(f"id in {_literals([invocation_id])}"), None)

    def _journals(self, where: str) -> Iterator[Journal]:
        invocations = self._query(f"select * from sys_invocation where {where} order by created_at, id")
        for start in range(0, len(invocations), BATCH):
            yield from self._complete(invocations[start : start + BATCH])

    def _complete(self, invocations: list[Row]) -> Iterator[Journal]:
        read = {row["id"]: journal for row, journal in self._read(invocations)}
        for _ in range(TRIES - 1):
            moved = [id_ for id_, journal in read.items() if journal is None]
            if not moved:
                break
            for row, journal in self._read(self._invocations(moved)):
                read[row["id"]] = journal
        for row in invocations:
            journal = read[row["id"]]
            yield journal or replace(_described(row), unreadable="it went on while it was read: ask again")

    def _read(self, invocations: list[Row]) -> Iterator[tuple[Row, Journal | None]]:
        """Each with its journal, or None if that moved on since the invocation was looked at."""
        begun = [row for row in invocations if "pinned_deployment_id" in row]
        yield from ((row, _described(row)) for row in invocations if row not in begun)
        if not begun:
            return
        ids = [row["id"] for row in begun]
        entries, state = self._entries(ids), self._state(begun)
        sizes = {row["id"]: row.get("journal_size") for row in self._invocations(ids)}
        for row in begun:
            found = entries.get(row["id"], [])
            held = state.get((row["target_service_name"], row.get("target_service_key", "")), {})
            complete = len(found) == sizes.get(row["id"])
            yield row, _with_entries(_described(row), found, held) if complete else None

    def _entries(self, ids: list[str]) -> dict[str, list[Row]]:
        columns = "id, index, entry_type, raw, version"
        found: dict[str, list[Row]] = {}
        for row in self._query(f"select {columns} from sys_journal where id in {_literals(ids)} order by index"):
            found.setdefault(row["id"], []).append(row)
        return found

    def _state(self, invocations: list[Row]) -> dict[tuple[str, str], dict[str, bytes]]:
        """By service and key. State that is of other services too does no harm."""
        keys = sorted({row["target_service_key"] for row in invocations if row.get("target_service_key")})
        if not keys:
            return {}
        columns = "service_name, service_key, key, value"
        found: dict[tuple[str, str], dict[str, bytes]] = {}
        for row in self._query(f"select {columns} from state where service_key in {_literals(keys)}"):
            held = found.setdefault((row["service_name"], row["service_key"]), {})
            held[row["key"]] = bytes.fromhex(row.get("value", ""))
        return found

    def _invocations(self, ids: list[str]) -> list[Row]:
        return self._query(f"select * from sys_invocation where id in {_literals(ids)}")

    def _query(self, sql: str) -> list[Row]:
        try:
            response = self._http.post("/query", json={"query": sql})
        except httpx.HTTPError as error:
            raise AdminError(
                f"no admin API answers at {self.url} ({error}): start the server, or mend --admin"
            ) from None
        if response.is_error:
            raise AdminError(f"{self.url} refuses to be queried ({response.status_code}): {response.text[:200]}")
        try:
            rows: list[Row] = response.json()["rows"]
        except (ValueError, KeyError, TypeError):
            raise AdminError(
                f"{self.url} is no admin API of Restate: name that of --admin, by default port 9070"
            ) from None
        return rows


def _described(row: Row) -> Journal:
    """Without entries."""
    pinned = "pinned_deployment_id" in row
    return Journal(
        id=row["id"],
        service=row["target_service_name"],
        handler=row["target_handler_name"],
        key=row.get("target_service_key", ""),
        status=row["status"],
        protocol=row.get("pinned_service_protocol_version", 0) if pinned else None,
        seed=_seed(row),
        unreadable="it has a scope, which is not understood" if row.get("scope") else "",
    )


def _with_entries(journal: Journal, rows: list[Row], state: dict[str, bytes]) -> Journal:
    if [row["index"] for row in rows] != list(range(len(rows))):
        return replace(journal, unreadable="its journal has gaps")
    if versions := sorted({row["version"] for row in rows} - {JOURNAL_VERSION}):
        return replace(journal, unreadable=f"its journal is of version {versions[0]}, not {JOURNAL_VERSION}")
    if any("raw" not in row for row in rows):
        return replace(journal, unreadable="its journal has an entry that the server does not show")
    entries = tuple(Entry(row["entry_type"], bytes.fromhex(row["raw"])) for row in rows)
    return replace(journal, entries=entries, state=state)


def _seed(row: Row) -> int | None:
    """None for what was restarted from another invocation: it keeps the seed of that one."""
    if row.get("restarted_from"):
        return None
    try:
        return random_seed(row["id"])
    except ValueError:
        return None


def _literals(values: list[str]) -> str:
    return "(" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + ")"
