"""Helpers called both from steps and from handlers."""
import uuid as _uuid
from uuid import uuid4 as new_id


def order_number(prefix: str) -> str:
    return _with_suffix(prefix)


def _with_suffix(prefix: str) -> str:
    return _third_level(f"{prefix}-")


def _third_level(prefix: str) -> str:
    return prefix + new_id().hex  # BAD: do-VI-1


def shared_code(prefix: str) -> str:
    return prefix + _uuid.uuid4().hex  # OK: called from a step only


def other_code(prefix: str) -> str:
    return prefix + _uuid.uuid1().hex  # BAD: do-VI-1


def unused_code(prefix: str) -> str:
    return prefix + _uuid.uuid4().hex  # OK: dead code
