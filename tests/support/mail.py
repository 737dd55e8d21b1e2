"""The mail that the platform has sent."""
from __future__ import annotations

import email
import email.policy
import re

from support.platform import Platform, eventually


def letters_to(platform: Platform, address: str) -> list[str]:
    """The text of every mail to an address."""
    texts = []
    for path in platform.mails():
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if address.lower() in str(letter["To"]).lower():
            body = letter.get_body(("plain",))
            assert body is not None
            texts.append(body.get_content())
    return texts


def mailed_code(platform: Platform, address: str, page: str, before: int = 0) -> str:
    """The code for that page of the client out of the newest letter, once there are more letters than `before`."""
    letters = eventually(lambda: letters_to(platform, address)[before:], 15, "the mail with the link")
    found = re.search(rf"/{page}#(\S+)", letters[-1])
    assert found is not None, letters[-1]
    return found[1]
