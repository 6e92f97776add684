from typing import Annotated, Any, NamedTuple, Optional, TypeAlias

from restate import Context, ObjectContext, ObjectSharedContext

Ctx: TypeAlias = ObjectContext
MaybeCtx = Optional[Context]
Tagged = Annotated[Context, "the current one"]


class Deps(NamedTuple):
    ctx: ObjectContext
    user: str
