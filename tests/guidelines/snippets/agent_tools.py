"""Tools of agents: their errors, and what they compute."""

FOUND = {
    "a renamed function_tool": (
        "agent-tool-errors",
        """
        from agents import function_tool as ft
        from restate.ext.openai import restate_context
        @ft
        async def book(city: str) -> str:
            return await restate_context().run_typed("x", effect)
        """,
    ),
    "errors as text": (
        "agent-tool-errors",
        """
        from agents import function_tool
        from restate.ext.openai import restate_context
        def explain(context, error) -> str: return f"sorry: {error}"
        @function_tool(failure_error_function=explain)
        async def book(city: str) -> str:
            return await restate_context().run_typed("x", effect)
        """,
    ),
    "errors as text of a lambda": (
        "agent-tool-errors",
        """
        from agents import function_tool
        from restate.ext.openai import restate_context
        async def book(city: str) -> str:
            return await restate_context().run_typed("x", effect)
        tool = function_tool(book, failure_error_function=lambda context, error: "failed")
        """,
    ),
    "errors as text of a partial": (
        "agent-tool-errors",
        """
        from agents import function_tool, Agent
        from restate.ext.openai import restate_context
        import functools
        def to_text(prefix, context, error): return prefix + str(error)
        @function_tool(failure_error_function=functools.partial(to_text, "x"))
        async def book(city: str) -> str:
            return await restate_context().run_typed("x", effect)
        """,
    ),
    "tool via helper": (
        "unstable-clock",
        """
        from agents import function_tool
        from restate.ext.openai import restate_context
        async def save(): await restate_context().run_typed("x", effect)
        @function_tool(failure_error_function=None)
        async def tool() -> str:
            await save()
            return str(time.time())
        """,
    ),
    "adk tool list": (
        "unstable-id",
        """
        from google.adk.agents import Agent
        from restate.ext.adk import restate_context
        async def save(): await restate_context().run_typed("x", effect)
        async def tool() -> str:
            await save()
            return str(uuid.uuid4())
        agent = Agent(name="x", tools=[tool])
        """,
    ),
}

CLEAN = {
    "an error function that raises": """
        from agents import function_tool
        from restate.ext.openai import raise_terminal_errors, restate_context
        def explain(context, error) -> str:
            if isinstance(error, TerminalError): raise error
            return f"sorry: {error}"
        def careful(context, error) -> str: return raise_terminal_errors(context, error)
        @function_tool(failure_error_function=explain)
        async def book(city: str) -> str: return await restate_context().run_typed("x", effect)
        @function_tool(failure_error_function=careful)
        async def look(city: str) -> str: return await restate_context().run_typed("x", effect)
        @function_tool(failure_error_function=None)
        async def go(city: str) -> str: return await restate_context().run_typed("x", effect)
        """,
    "tool not using ctx": """
        from pydantic_ai import Agent
        agent = Agent("m")
        @agent.tool_plain
        def now() -> str: return str(time.time())
        @svc.handler()
        async def h(ctx: Context) -> str: return ""
        """,
}
