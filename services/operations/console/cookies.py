"""What browsers keep for the console: each only for us, over this connection."""

from fastapi import Request
from fastapi.responses import Response

PLAIN_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def is_safe(request: Request) -> bool:
    """Tell whether cookies are for encrypted connections alone: always, but on this machine."""
    return request.url.scheme == "https" or request.url.hostname not in PLAIN_HOSTS


def called(request: Request, name: str) -> str:
    """Return what a cookie is called; no other host can set one of this name."""
    return f"__Host-motcua_{name}" if is_safe(request) else f"motcua_{name}"


def kept(request: Request, name: str) -> str:
    """Return what a browser brings, empty if it is nothing."""
    return request.cookies.get(called(request, name), "")


def keep(
    response: Response, request: Request, name: str, value: str, age_s: int | None = None
) -> None:
    """Let the browser keep something under a name of ours."""
    set_plain(response, request, called(request, name), value, age_s)


def set_plain(
    response: Response, request: Request, name: str, value: str, age_s: int | None = None
) -> None:
    """Let it keep something under any name."""
    response.set_cookie(
        name, value, age_s, path="/", secure=is_safe(request), httponly=True, samesite="lax"
    )


def drop(response: Response, request: Request, name: str) -> None:
    """Let the browser forget it."""
    response.delete_cookie(called(request, name), path="/", secure=is_safe(request))
