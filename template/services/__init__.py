"""Basic services: stateless handlers, many at once. Every component in here is served."""
