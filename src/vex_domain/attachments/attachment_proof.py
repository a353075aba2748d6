"""What a ticket's certified leaf says of attachments: they stand in the chain of its comments, each a commitment.

The chain's head is in the leaf already, so tickets without attachments cost nothing more. An attachment that came
after comment k stands behind it, in the order of attachments.
"""

from hashlib import sha256
from typing import Any


def attachment_commitment(salt: bytes, attachment: dict[str, Any], number: int) -> bytes:
    """The salted commitment to an attachment, the `number`-th (from 1) of its ticket.

    SHA-256 over salt, number, uploader, time (ns), size, comment (0: none), comments before it, one byte for internal,
    the content's SHA-256, and the hashes of name and type.
    """
    numbers = (
        number,
        attachment["uploader"],
        attachment["added_at"],
        attachment["size"],
        attachment["comment"] or 0,
        attachment["after_comment"],
    )
    content = b"".join([value.to_bytes(8, "big") for value in numbers])
    texts = sha256(attachment["name"].encode()).digest() + sha256(attachment["content_type"].encode()).digest()
    flag = bytes((attachment["internal"],))
    return sha256(salt + b"attachment" + content + flag + attachment["sha256"] + texts).digest()
