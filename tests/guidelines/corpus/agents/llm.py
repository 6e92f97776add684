import httpx
from openai import AsyncOpenAI


async def complete(text: str) -> str:
    client = AsyncOpenAI()  # MAY: do-VIII-2, do-I-3
    answer = await client.responses.create(model="gpt-5", input=text)  # BAD: do-VIII-2|do-I-3
    return answer.output_text


async def embed(text: str) -> list[float]:
    client = AsyncOpenAI()  # OK: only in a step
    answer = await client.embeddings.create(model="small", input=text)  # OK: only in a step
    return answer.data[0].embedding


class Summarizer:
    def __init__(self) -> None:
        self.client = AsyncOpenAI()  # MAY: do-VIII-2, do-I-3

    async def summarize(self, text: str) -> str:
        answer = await self.client.chat.completions.create(model="gpt-5", messages=[])  # BAD: do-VIII-2|do-I-3
        return str(answer)
