"""The data of one node: `<base-dir>/<node-name>/`, with a marker that says which servers can read it."""

from pathlib import Path

from pydantic import BaseModel, ValidationError

from deploy.errors import BadInput

MARKER = ".cluster-marker"


class Marker(BaseModel):
    """What the server wrote when it started last."""

    cluster_name: str
    cluster_fingerprint: int | None = None
    max_version: str
    min_forward_compatible_version: str | None = None


def node(base_dir: Path) -> Path:
    """The directory of the only node in a server's base directory; or the node's directory itself.

    Raises:
        BadInput: there is none, or several: they must never be backed up together (dont-IV-3).
    """
    if (base_dir / MARKER).is_file():
        return base_dir
    nodes = sorted(marker.parent for marker in base_dir.glob(f"*/{MARKER}"))
    if not nodes:
        raise BadInput(f"{base_dir} holds no data of a Restate server: give the server's base-dir")
    if len(nodes) > 1:
        names = ", ".join(each.name for each in nodes)
        raise BadInput(
            f"{base_dir} holds several nodes ({names}): copies of several do not fit; use snapshots (dont-IV-3)"
        )
    return nodes[0]


def marker(directory: Path) -> Marker:
    """Reads the marker of a node.

    Raises:
        BadInput: it is not what a server writes.
    """
    try:
        return Marker.model_validate_json((directory / MARKER).read_bytes())
    except (OSError, ValidationError):
        raise BadInput(f"{directory / MARKER} cannot be read: is this the data of a Restate server?") from None
