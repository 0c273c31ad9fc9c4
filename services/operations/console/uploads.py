"""Forms with files in them, as browsers send them (RFC 7578): a mail in parts, but for its head."""

from email import policy
from email.parser import BytesParser

FILES_TYPE = "multipart/form-data"


def uploaded(media_type: str, body: bytes) -> dict[str, bytes]:
    """Return the fields by name, files as their content; of what is no such form nothing."""
    head = f"Content-Type: {media_type}\r\n\r\n".encode()
    form = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    found: dict[str, bytes] = {}
    for part in form.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = content
    return found
