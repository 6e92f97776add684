"""The key with which a Restate server signs its requests, so that a service can refuse all others (do-VII-7)."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import BaseModel

from deploy.errors import BadInput

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

SERVER_VARIABLE = "RESTATE_WORKER__INVOKER__REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE"


class Identity(BaseModel):
    """Where the private key is, and what a service verifies with."""

    private_key_file: Path
    public_key: str
    server_variable: str = SERVER_VARIABLE


def keygen(path: Path) -> Identity:
    """Writes a new ed25519 key as PEM that only its owner may read.

    Raises:
        BadInput: the file exists, or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(
            f"{path} exists: choose another name; the old key is needed until its deployments drained"
        ) from None
    except OSError as error:
        raise BadInput(f"cannot write {path} ({error.strerror}): choose another place") from None
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    return Identity(private_key_file=path, public_key=public_key(key))


def public_key(key: Ed25519PrivateKey) -> str:
    """The public key as `restate.app(identity_keys=…)` takes it: "publickeyv1_" and the key in base 58."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    number, digits = int.from_bytes(raw), ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return f"publickeyv1_{ALPHABET[0] * zeros}{digits}"
