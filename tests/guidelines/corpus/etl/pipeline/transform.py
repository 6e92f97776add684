import collections
import itertools
import json
import math
import re
import statistics
import string
from datetime import date, timedelta
from operator import attrgetter

import restate
from pydantic import BaseModel
from restate import Context, TerminalError

service = restate.Service("Transform")
WORDS = re.compile(r"\w+")


class Texts(BaseModel):
    texts: list[str]


class Stats(BaseModel):
    mean: float
    words: dict[str, int]
    days: list[date] = []


@service.handler()
async def stats(ctx: Context, texts: Texts) -> Stats:
    counter = collections.Counter(itertools.chain.from_iterable(WORDS.findall(text) for text in texts.texts))  # OK: pure
    unique = {word.lower() for word in counter}
    mean = statistics.fmean(counter.values()) if counter else math.nan  # OK: pure
    if not unique & {"a", "the"}:  # OK: set algebra without context operations
        raise TerminalError("no words", status_code=422)
    shortest = min(unique, key=lambda word: (len(word), word))  # OK: a total order
    template = string.Template("$word").substitute(word=shortest)  # OK: pure
    first = date(2024, 1, 1)  # OK: a fixed date
    days = [first + timedelta(days=n) for n in range(len(template))]  # OK: arithmetic
    for group, items in itertools.groupby(sorted(counter)):  # OK: sorted
        await ctx.run_typed(f"group {group}", json.dumps, restate.RunOptions(), list(items))
    await ctx.run_typed("unique", store, words=sorted(unique))  # OK: sorted
    return Stats(mean=mean, words=dict(counter.most_common(3)), days=sorted(days, key=attrgetter("day")))  # OK: pure


def store(words: list[str]) -> int:
    with open("/tmp/words", "w") as file:  # OK: only in a step
        return file.write(" ".join(words))  # OK: only in a step
