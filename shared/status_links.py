"""The link under which a citizen looks an application up: who has it may look, nobody guesses it.

A token is the application's id and a keyed hash of it; nothing is stored.  It is as good as a key:
it stands in no log and in no span, and on a topic only sealed.  In the link it is behind the `#`,
which browsers do not send, so that no server on the way writes it down.

A code is what a person types beside the dossier code, from paper or into a browser without scripts:
a shorter keyed hash.  Its sixty bits hold as long as attempts are limited where it is asked for.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from shared.vault import derive

ID_BYTES = 16
MAC_BYTES = 16
TOKEN_CHARACTERS = 43

CODE_CHARACTERS = 12
CODE_TYPED_LIMIT = 40  # characters of what somebody types
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that is read as another
_MISREAD = str.maketrans("OIL", "011", " -\u2010\u2011\u2012\u2013\u2014\u2212\t\u00a0")


class StatusLinks:
    """Makes and checks links; whoever has the master key makes the same ones.

    `page`: the address without a token, for paper: codes are typed there.
    """

    def __init__(self, master_key: bytes, page: str) -> None:
        self._key, self.page = derive(master_key, "status links"), page
        self._code_key = derive(master_key, "status codes")

    def link(self, application: str) -> str:
        """Return the address that the citizen is given."""
        return f"{self.page}#{self.token(application)}"

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

    def code(self, application: str) -> str:
        """Return what a person types beside the dossier code, in groups of four."""
        mac = hmac.new(self._code_key, UUID(application).bytes, hashlib.sha256).digest()
        bits = int.from_bytes(mac[:8])
        signs = "".join(_CROCKFORD[bits >> 5 * n & 31] for n in range(CODE_CHARACTERS))
        return "-".join(signs[n : n + 4] for n in range(0, CODE_CHARACTERS, 4))

    def is_code(self, application: str, typed: str) -> bool:
        """Whether somebody typed this application's code: case, spaces, dashes, O for 0 and I or L
        for 1 do not matter.  In constant time.
        """
        read = typed[:CODE_TYPED_LIMIT].upper().translate(_MISREAD)
        ours = self.code(application).replace("-", "")
        return hmac.compare_digest(ours.encode(), read.encode(errors="replace"))
