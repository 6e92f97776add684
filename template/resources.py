"""What lives as long as the process: HTTP clients, database engines. Opened before serving, closed after.

    @resource
    async def payments() -> AsyncIterator[PaymentProvider]: ...

    payments.value.charge(...)          # in a handler's step

A resource is found by its import, opened by `opened()`, and replaced in a test with `with payments.replaced(other):`.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from typing import Any, ClassVar, Generic, TypeVar

T = TypeVar("T")


class Resource(Generic[T]):
    """One resource of the process; `value` is what its opener yields."""

    declared: ClassVar[list["Resource[Any]"]] = []

    def __init__(self, opener: Callable[[], AsyncIterator[T]]) -> None:
        self.name = opener.__name__
        self.open = contextlib.asynccontextmanager(opener)
        self._value: ContextVar[T] = ContextVar(self.name)
        self.declared.append(self)

    @property
    def value(self) -> T:
        """The open resource.

        Raises:
            LookupError: outside `opened()`.
        """
        try:
            return self._value.get()
        except LookupError:
            raise LookupError(
                f"resource '{self.name}' is not open; run the code inside 'async with opened()'"
            ) from None

    @contextlib.contextmanager
    def replaced(self, value: T) -> Iterator[None]:
        """Makes `value` the resource of the code in the `with` block, and of the tasks it starts."""
        token = self._value.set(value)
        try:
            yield
        finally:
            self._value.reset(token)


def resource(opener: Callable[[], AsyncIterator[T]]) -> Resource[T]:
    """Declares a resource from an async generator that opens, yields and closes it."""
    return Resource(opener)


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[None]:
    """Opens every declared resource, and closes them in reverse."""
    async with contextlib.AsyncExitStack() as stack:
        for declared in Resource.declared:
            stack.enter_context(declared.replaced(await stack.enter_async_context(declared.open())))
        yield
