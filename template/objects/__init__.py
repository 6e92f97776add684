"""Virtual objects: state under a key, one writer at a time. Every component in here is served."""
