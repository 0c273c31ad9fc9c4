"""The app that every service's edge is: its own routes, and what all have in common."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.routing import APIRoute

from shared import problems
from shared.access import Access
from shared.contracts import routes as contracts
from shared.openapi import DescribedApp


def edge_app(service: str, access: Access, routers: Sequence[APIRouter]) -> DescribedApp:
    """Return the app.  It has no page that loads scripts from elsewhere."""
    app = DescribedApp(
        title=f"motcua {service}",
        version="1",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    app.state.access = access
    problems.install(app)
    for router in (*routers, contracts.router()):
        app.include_router(router)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
