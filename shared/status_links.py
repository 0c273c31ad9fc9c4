"""The link under which a citizen looks an application up: who has it may look, nobody guesses it.

A token is the application's id and a keyed hash of it; nothing is stored.  It is as good as a key:
it stands in no log and in no span, and on a topic only sealed.  In the link it is behind the `#`,
which browsers do not send, so that no server on the way writes it down.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from shared.vault import derive

ID_BYTES = 16
MAC_BYTES = 16
TOKEN_CHARACTERS = 43


class StatusLinks:
    """Makes and checks links; whoever has the master key makes the same ones."""

    def __init__(self, master_key: bytes, page: str) -> None:
        self._key, self._page = derive(master_key, "status links"), page

    def link(self, application: str) -> str:
        """Return the address that the citizen is given."""
        return f"{self._page}#{self.token(application)}"

    def token(self, application: str) -> str:
        """Return what opens this application's status."""
        of = UUID(application).bytes
        mac = hmac.new(self._key, of, hashlib.sha256).digest()[:MAC_BYTES]
        return urlsafe_b64encode(of + mac).rstrip(b"=").decode()

    def application(self, token: str) -> str | None:
        """Return the application that a token opens, None if it opens none.  In constant time."""
        if len(token) != TOKEN_CHARACTERS or not token.isascii():
            return None
        try:
            application = str(UUID(bytes=urlsafe_b64decode(token + "=")[:ID_BYTES]))
        except ValueError:
            return None
        is_ours = hmac.compare_digest(self.token(application).encode(), token.encode())
        return application if is_ours else None
