"""Answers of language models that are not journaled."""

import ast
from collections.abc import Iterator

from guidelines.finding import Finding, Severity
from guidelines.lint import catalogue
from guidelines.lint.model.frame import Frame
from guidelines.lint.model.project import Project
from guidelines.lint.nondeterminism import sources
from guidelines.lint.report import at
from guidelines.rule import Rule

AGENTS = {"create_agent", "create_react_agent", "create_tool_calling_agent", "AgentExecutor", "create_deep_agent"}
MODELS = tuple(f"{name}." for name in catalogue.LLM if name.startswith("langchain_"))
MODELS += ("langchain.chat_models.", "langchain.llms.", "langchain.embeddings.")


def check(project: Project) -> Iterator[Finding]:
    for source in sources(project):
        if source.kind == "llm":
            yield _finding(project, source.frame, source.node, source.path)
    for frame in project.durable:
        for call in project.calls(frame):
            for path in sorted(project.externals(frame, call)):
                if _is_bare(frame, call, path):
                    yield _finding(project, frame, call, path)
                    break


def _finding(project: Project, frame: Frame, node: ast.AST, path: str) -> Finding:
    message = f"{path} outside a step: the answer is not journaled, a replay asks (and pays) again"
    return at(project, RULE, frame, node, message)


def _is_bare(frame: Frame, call: ast.Call, path: str) -> bool:
    """Of LangChain, which one middleware somewhere makes durable: what is no agent, or an agent without it."""
    if not path.startswith(("langchain", "langgraph.prebuilt.")):
        return False
    if path.removesuffix("()").rpartition(".")[2] in catalogue.LLM_METHODS:
        name = path.split("(")[0].rpartition(".")[2]
        if name not in AGENTS:
            return path.startswith(MODELS) and catalogue.kind(path, len(call.args)) == "llm"
        made = list(_made(frame, call.func))
        return bool(made) and not any(_mentions_middleware(item) for item in made)
    return False


def _made(frame: Frame, node: ast.expr) -> Iterator[ast.Call]:
    """The calls that make the agent a method is called on, where they can be seen: on the spot, or for its name."""
    owner = node.value if isinstance(node, ast.Attribute) else None
    if isinstance(owner, ast.Call):
        yield from _making(frame, owner)
    elif isinstance(owner, ast.Attribute):
        for made in ast.walk(frame.function.module.body.node):
            if not isinstance(made, ast.Assign) or not isinstance(made.value, ast.Call):
                continue
            if any(isinstance(target, ast.Attribute) and target.attr == owner.attr for target in made.targets):
                yield from _making(frame, made.value)
    elif isinstance(owner, ast.Name):
        function = frame.function
        while owner.id not in function.locals and function.parent is not None:
            function = function.parent
        for statement in function.own(ast.Assign):
            named = any(isinstance(target, ast.Name) and target.id == owner.id for target in statement.targets)
            if named and isinstance(statement.value, ast.Call):
                yield from _making(frame, statement.value)


def _making(frame: Frame, call: ast.Call) -> Iterator[ast.Call]:
    """The call itself, the first of a chain of calls, or those in a helper of the project."""
    if _called(call) in AGENTS:
        yield call
    elif isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        yield from _making(frame, call.func.value)
    for callee, node in frame.edges:
        if node is call:
            yield from (inner for inner in callee.function.own(ast.Call) if _called(inner) in AGENTS)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _mentions_middleware(made: ast.Call) -> bool:
    """Whether middleware is given that may be Restate's: by its name, or by a variable."""
    for keyword in made.keywords:
        if keyword.arg is None:
            return True
        if keyword.arg == "middleware":
            items = keyword.value.elts if isinstance(keyword.value, ast.List | ast.Tuple) else [keyword.value]
            return any(not isinstance(item, ast.Call) or "Restate" in ast.unparse(item.func) for item in items)
    return False


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
