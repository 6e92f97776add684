from shop.repositories import Numbering, Repository, SqlRepository, Stamp, engine, read_terms


class Checkout:
    """Application service: gets its repository from outside."""

    def __init__(self, repository: Repository[str], stamp: Stamp | None = None) -> None:
        self.repository = repository
        self.stamp = stamp or Stamp()

    async def place(self, ctx, name: str) -> str:
        number = Numbering.SHORT.make()
        await self.repository.save(number)
        found = await ctx.run_typed("find", self.repository.find, id=name)  # OK: in a step
        terms = await read_terms(name)
        return f"{number}{self.stamp.now}{found}{terms}"


checkout = Checkout(SqlRepository(engine))
