"""Calls of a language model, in a step or without one."""

FOUND = {
    "a react agent": (
        "llm-call-outside-step",
        """
        from langgraph.prebuilt import create_react_agent
        from restate.ext.langchain import RestateMiddleware
        agent = create_react_agent("gpt", tools=[])
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return str(await agent.ainvoke({"messages": [x]}))
        """,
    ),
    "chat model beside a middleware": (
        "llm-call-outside-step",
        """
        from langchain.agents import create_agent
        from langchain_openai import ChatOpenAI
        from restate.ext.langchain import RestateMiddleware
        agent = create_agent("gpt", tools=[], middleware=[RestateMiddleware()])
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            await agent.ainvoke({"messages": [x]})
            return (await ChatOpenAI(model="gpt").with_structured_output(dict).ainvoke(x)).content
        """,
    ),
    "agent without middleware": (
        "llm-call-outside-step",
        """
        from langchain.agents import create_agent
        from restate.ext.langchain import RestateMiddleware
        good = create_agent("gpt", tools=[], middleware=[RestateMiddleware()])
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            agent = create_agent("gpt", tools=[])
            return (await agent.ainvoke({"messages": [x]}))["messages"][-1].content
        """,
    ),
    "groq": (
        "llm-call-outside-step",
        """
        from groq import AsyncGroq
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            client = AsyncGroq()
            answer = await client.chat.completions.create(model="m", messages=[])
            return answer.choices[0].message.content
        """,
    ),
    "ollama": (
        "llm-call-outside-step",
        """
        import ollama
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return ollama.chat(model="m", messages=[])["message"]["content"]
        """,
    ),
    "anthropic stream": (
        "llm-call-outside-step",
        """
        from anthropic import AsyncAnthropic
        claude = AsyncAnthropic()
        async def ask(x: str) -> str:
            async with claude.messages.stream(model="m", max_tokens=1, messages=[]) as stream:
                return await stream.get_final_text()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return await ask(x)
        """,
    ),
    "gemini": (
        "llm-call-outside-step",
        """
        from google import genai
        class Bot:
            def __init__(self): self.client = genai.Client()
            async def ask(self, x: str) -> str:
                return (await self.client.aio.models.generate_content(model="m", contents=x)).text
        bot = Bot()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return await bot.ask(x)
        """,
    ),
    "a chain of a prompt and a model": (
        "llm-call-outside-step",
        """
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_openai import ChatOpenAI
        chain = ChatPromptTemplate.from_template("{x}") | ChatOpenAI(model="gpt")
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return (await chain.ainvoke({"x": x})).content
        """,
    ),
    "a model in an attribute": (
        "llm-call-outside-step",
        """
        from langchain_anthropic import ChatAnthropic
        from restate.ext.langchain import RestateMiddleware
        class Bot:
            def __init__(self): self.llm = ChatAnthropic(model="x").bind_tools([])
            async def ask(self, x): return (await self.llm.ainvoke(x)).content
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            return await Bot().ask(n)
        """,
    ),
    "an agent in an attribute": (
        "llm-call-outside-step",
        """
        from langchain.agents import create_agent
        from restate.ext.langchain import RestateMiddleware
        good = create_agent("gpt", middleware=[RestateMiddleware()])
        class Bot:
            def __init__(self): self.agent = create_agent("gpt", tools=[])
            async def ask(self, x): return await self.agent.ainvoke(x)
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            return str(await Bot().ask(n))
        """,
    ),
    "mistral": (
        "llm-call-outside-step",
        """
        from mistralai import Mistral
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            with Mistral(api_key="x") as m:
                return m.chat.complete(model="x", messages=[]).choices[0].message.content
        """,
    ),
    "llm method": (
        "llm-call-outside-step",
        """
        from openai import AsyncOpenAI
        client = AsyncOpenAI()
        @svc.handler()
        async def h(ctx: Context) -> str:
            r = await client.chat.completions.create(model="x", messages=[])
            return r.choices[0].message.content
        """,
    ),
    "anthropic self": (
        "llm-call-outside-step",
        """
        import anthropic
        class Bot:
            def __init__(self): self.c = anthropic.AsyncAnthropic()
            async def ask(self): return await self.c.messages.create(model="x")
        bot = Bot()
        @svc.handler()
        async def h(ctx: Context) -> None:
            await bot.ask()
        """,
    ),
    "pydantic-ai agent": (
        "llm-call-outside-step",
        """
        from pydantic_ai import Agent
        agent = Agent("x")
        @svc.handler()
        async def h(ctx: Context) -> None:
            await agent.run("q")
        """,
    ),
    "runner": (
        "llm-call-outside-step",
        """
        from agents import Agent, Runner
        agent = Agent(name="x")
        @svc.handler()
        async def h(ctx: Context) -> None:
            await Runner.run(agent, "q")
        """,
    ),
}

CLEAN = {
    "a chat that is not used yet": """
        from google import genai
        client = genai.Client()
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            chat = client.chats.create(model="m")
            return await ctx.run_typed("ask", lambda: chat.send_message(x).text)
        """,
    "middleware in a variable": """
        from langchain.agents import create_agent
        from restate.ext.langchain import RestateMiddleware
        middleware = [RestateMiddleware()]
        agent = create_agent("gpt", tools=[], middleware=middleware)
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            return str(await agent.ainvoke({"messages": [x]}))
        """,
    "an agent of a helper": """
        from langchain.agents import create_agent
        from restate.ext.langchain import RestateMiddleware
        def specialist(prompt: str):
            return create_agent("gpt", tools=[], system_prompt=prompt, middleware=[RestateMiddleware()])
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            agent = specialist("decide")
            return str(await agent.ainvoke({"messages": [x]}))
        """,
    "a model in a step": """
        from langchain_openai import ChatOpenAI
        model = ChatOpenAI(model="gpt")
        @svc.handler()
        async def h(ctx: Context, x: str) -> str:
            async def ask() -> str: return (await model.ainvoke(x)).content
            return await ctx.run_typed("ask", ask)
        """,
    "llm lcel in step": """
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_openai import ChatOpenAI
        chain = ChatPromptTemplate.from_template("x") | ChatOpenAI()
        async def ask(x: str) -> str: return (await chain.ainvoke({"x": x})).content
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            prompt = ChatPromptTemplate.from_template("{x}").invoke({"x": n})
            return await ctx.run_typed("ask", ask, x=str(prompt))
        """,
    "types or": """
        import decimal
        Money = decimal.Decimal | int
        @svc.handler()
        async def h(ctx: Context, n: str) -> str:
            x: Money | None = None
            flags = os.O_RDONLY | os.O_CREAT
            return f"{x}{flags}"
        """,
    "RestateAgent": """
        from pydantic_ai import Agent
        from restate.ext.pydantic import RestateAgent
        agent = RestateAgent(Agent("x"))
        @svc.handler()
        async def h(ctx: Context) -> None:
            await agent.run("q")
        """,
}
