from collections.abc import Iterable, Set

ALL = frozenset({"red", "green", "blue"})


def regions(jobs: list[str]) -> set[str]:
    return {job.split("/")[0] for job in jobs}


def unique(jobs: Iterable[str]):
    return set(jobs)


def affected(jobs: list[str]) -> Set[str]:
    return frozenset(jobs)
