import os

import cohere
from google import genai
from mistralai import Mistral
from restate import Context

gemini = genai.Client()  # OK: module level


async def summarise(ctx: Context, text: str) -> str:
    long = await ctx.run_typed("gemini", ask_gemini, text=text)  # OK: in a step
    direct = gemini.models.generate_content(model="gemini", contents=text)  # BAD: do-VIII-2|do-I-3
    other = await Mistral().chat.complete_async(model="m", messages=[])  # BAD: do-VIII-2|do-I-3
    third = cohere.ClientV2().chat(model="c", messages=[])  # BAD: do-VIII-2|do-I-3
    return f"{long}{direct}{other}{third}"


async def ask_gemini(text: str) -> str:
    answer = await gemini.aio.models.generate_content(model="gemini", contents=text)  # OK: only in a step
    return answer.text or ""
