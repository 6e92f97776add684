"""Restate's admin API, as far as tests and development need it. Deploying has a command of its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import httpx

from dev.errors import DevError
from dev.process import wait_until

Row = dict[str, Any]
Action = Literal["cancel", "kill", "pause", "purge", "resume"]


class AdminError(DevError):
    """The admin API refused; `status` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


@dataclass(frozen=True)
class Mismatch:
    """A replay that took another way than the journal: the code is not deterministic (RT0016)."""

    invocation_id: str
    target: str
    message: str


class Admin:
    """Every method raises `AdminError` when the server refuses, and `httpx.HTTPError` when there is none."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=30.0, trust_env=False)

    def request(self, method: str, path: str, body: object = None, **query: str) -> Any:
        """The JSON of an answer; None if it has no body."""
        headers = {"accept": "application/json"}  # or /query answers in Arrow
        response = self._http.request(method, path, json=body, params=query, headers=headers)
        if response.is_error:
            raise AdminError(response.status_code, _message(response))
        return response.json() if response.content else None

    def query(self, sql: str) -> list[Row]:
        """Rows of a query; a column that is null in a row is missing from it. Quote values with `literal`."""
        rows: list[Row] = self.request("POST", "/query", {"query": sql})["rows"]
        return rows

    def answers_queries(self) -> bool:
        """Whether invocations can be queried yet: right after a start, nobody leads their partitions."""
        try:
            self.query("select id from sys_invocation limit 1")
        except (AdminError, httpx.HTTPError):
            return False
        return True

    def invocation(self, invocation_id: str) -> Row | None:
        """What `sys_invocation` knows; None once it is purged, or if it never was."""
        rows = self.query(f"select * from sys_invocation where id = {literal(invocation_id)}")
        return rows[0] if rows else None

    def unfinished(self) -> list[Row]:
        """Every invocation that has not completed, oldest first."""
        return self.query("select * from sys_invocation where status <> 'completed' order by created_at")

    def journal(self, invocation_id: str) -> list[Row]:
        """The entries of an invocation's journal, in order."""
        return self.query(f"select * from sys_journal where id = {literal(invocation_id)} order by index")

    def journal_events(self, invocation_id: str) -> list[Row]:
        """How attempts failed, in order; `event` is the parsed `event_json`. Repetitions count once."""
        where = f"where id = {literal(invocation_id)} order by appended_at"
        return [row | {"event": json.loads(row["event_json"])} for row in self._events(where)]

    def mismatches(self, invocation_id: str | None = None) -> list[Mismatch]:
        """Every journal mismatch the server knows, or those of one invocation; also if it completed later (do-I-3)."""
        found = []
        of_it = f"id = {literal(invocation_id)} and " if invocation_id else ""
        for row in self._events(f"where {of_it}event_type = 'TransientError' order by appended_at"):
            event = json.loads(row["event_json"])
            if event.get("restate_doc_error_code") == "RT0016":
                found.append(Mismatch(row["id"], row.get("target", "?"), event["error_message"]))
        return found

    def _events(self, where: str) -> list[Row]:
        # the two tables share column names: narrow each down before they meet
        return self.query(
            f"select e.*, i.target from (select * from sys_journal_events {where}) e "
            "left join (select id, target from sys_invocation) i on i.id = e.id"
        )

    def state(self, service: str, key: str) -> dict[str, Any]:
        """The state of one object or workflow, by state name.

        Raises:
            ValueError: for a value that is not JSON.
        """
        return {name: json.loads(value) for name, value in self._state(service, key).items()}

    def set_state(self, service: str, key: str, values: Mapping[str, Any]) -> None:
        """Replaces the whole state of one object; waits until the change is applied.

        Raises:
            NotInTime: the change waits behind an exclusive handler that runs for this key.
        """
        new = {name: json.dumps(value).encode() for name, value in values.items()}
        body = {"object_key": key, "new_state": {name: list(value) for name, value in new.items()}}
        self.request("POST", f"/services/{quote(service)}/state", body)
        wait_until(lambda: self._state(service, key) == new, f"the new state of {service}/{key} is applied")

    def _state(self, service: str, key: str) -> dict[str, bytes]:
        where = f"where service_name = {literal(service)} and service_key = {literal(key)}"
        rows = self.query(f"select key, value from state {where}")
        return {row["key"]: bytes.fromhex(row.get("value", "")) for row in rows}

    def patch_service(self, name: str, **settings: Any) -> None:
        """Changes a service's settings until its next registration: `inactivity_timeout="0s"` forces replays.

        Durations as in "10s" or ISO 8601. What a service declares in code wins over the server's settings,
        so this is how a test overrules it.
        """
        self.request("PATCH", f"/services/{quote(name)}", settings)

    def invocation_action(self, action: Action, invocation_id: str, **query: str) -> None:
        """Cancels, kills, pauses, purges or resumes (`deployment="latest"` on other code) an invocation.

        Returns when the server has accepted it, which is before it has happened.
        """
        self.request("PATCH", f"/invocations/{quote(invocation_id)}/{action}", **query)

    def close(self) -> None:
        self._http.close()


def literal(value: str) -> str:
    """A string as a SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def _message(response: httpx.Response) -> str:
    try:
        return str(response.json()["message"])
    except (ValueError, KeyError, TypeError):
        return response.text
