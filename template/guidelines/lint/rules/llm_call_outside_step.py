"""Answers of language models that are not journaled."""

from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint.model.project import Project
from guidelines.lint.nondeterminism import sources
from guidelines.lint.report import at
from guidelines.rule import Rule


def check(project: Project) -> Iterator[Finding]:
    for source in sources(project):
        if source.kind == "llm":
            message = f"{source.path} outside a step: the answer is not journaled, a replay asks (and pays) again"
            yield at(project, RULE, source.frame, source.node, message)


RULE = Rule(
    name="llm-call-outside-step",
    guidelines=("do-VIII-2", "do-I-3", "do-VIII-1"),
    severity=Severity.ERROR,
    checker="lint",
    purpose="Finds calls of language models and agents that are neither in a step nor wrapped by Restate's "
    "integrations.",
    why="A model answers differently each time. After a crash the agent would continue from another answer than "
    "the one it had acted upon, and every replay costs tokens.",
    remedy="Call it in ctx.run_typed, or use DurableRunner, RestateAgent, RestateMiddleware or RestatePlugin.",
    bad="""
import litellm
import restate

chat = restate.Service("Chat")


@chat.handler()
async def ask(ctx: restate.Context, question: str) -> str:
    answer = await litellm.acompletion(model="gpt-5", messages=[{"role": "user", "content": question}])
    return answer.choices[0].message.content
""",
    good="""
import litellm
import restate

chat = restate.Service("Chat")


async def answer(question: str) -> str:
    found = await litellm.acompletion(model="gpt-5", messages=[{"role": "user", "content": question}])
    return found.choices[0].message.content


@chat.handler()
async def ask(ctx: restate.Context, question: str) -> str:
    return await ctx.run_typed("answer", answer, question=question)
""",
    check=check,
)
