from .handlers import *  # noqa: F403
