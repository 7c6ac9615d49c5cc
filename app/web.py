"""The ASGI application: routes, error rendering, background loops. Everything concrete comes from ``bootstrap``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import WebSocketRoute

from app.auth.errors import AuthError
from app.bootstrap import Runtime, start_runtime, stop_runtime
from app.db.port import StoreUnavailable
from app.gateway import chat_api, operations, pages, staff_api
from app.gateway.bodies import Bodies
from app.gateway.errors import ERRORS, Rejection
from app.gateway.headers import Headers
from app.gateway.origins import Origins
from app.publishing import follow
from app.settings import Settings

log = logging.getLogger(__name__)

CODES = {404: "not_found", 405: "method_refused", 408: "too_slow", 413: "too_large"}
"""What the framework refuses by itself."""


class Deferred:
    """A socket route whose endpoint exists only once the runtime has started."""

    def __init__(self, app: FastAPI, name: str) -> None:
        self._app = app
        self._name = name

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        await getattr(self._app.state.parts, self._name)(scope, receive, send)


def _rejected(code: str, message: str, retry_after: float | None = None) -> JSONResponse:
    status = ERRORS[code][0] if code in ERRORS else 400
    headers = {"Retry-After": str(max(1, round(retry_after)))} if retry_after else None
    return JSONResponse({"code": code, "message": message, "retry_after": retry_after}, status, headers)


def create_app(settings: Settings, on_start: Callable[[Runtime], Awaitable[None]] | None = None) -> FastAPI:
    """One application over one runtime. ``on_start`` is told when it is up."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            runtime = await start_runtime(settings)
        except Exception as error:
            # uvicorn would only log it; the command tells it in one line with its code.
            app.state.failure = error
            raise
        app.state.parts = runtime.parts
        app.state.runtime = runtime
        parts = runtime.parts
        loops = [
            parts.hub.run(),
            parts.registry.run(),
            parts.fallback.run(),
            follow(runtime.store, settings, parts.desk.worker),
        ]
        tasks = [asyncio.create_task(loop) for loop in loops]
        if on_start is not None:
            await on_start(runtime)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await stop_runtime(runtime)

    app = FastAPI(
        title="Honeydesk",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/schema/openapi.json",
        # A redirect would be to whatever host the request names.
        redirect_slashes=False,
    )

    @app.exception_handler(Rejection)
    async def rejection(request: Request, error: Rejection) -> JSONResponse:
        return _rejected(error.code, str(error), error.retry_after)

    @app.exception_handler(AuthError)
    async def auth_error(request: Request, error: AuthError) -> JSONResponse:
        return _rejected(error.code, str(error))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        code = CODES.get(error.status_code, "malformed")
        return _rejected(code, ERRORS[code][1])

    @app.exception_handler(StoreUnavailable)
    async def unavailable(request: Request, error: StoreUnavailable) -> JSONResponse:
        return _rejected("store_unavailable", ERRORS["store_unavailable"][1], 2.0)

    @app.exception_handler(ValidationError)
    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: Exception) -> JSONResponse:
        # What was sent is not repeated: it may hold a secret.
        return _rejected("malformed", ERRORS["malformed"][1])

    for module in (operations, chat_api, staff_api, pages):
        app.include_router(module.router)
    app.router.routes.append(WebSocketRoute("/ws/chat", Deferred(app, "chat")))
    app.router.routes.append(WebSocketRoute("/ws/desk", Deferred(app, "desk_socket")))
    app.add_middleware(Bodies, limit=settings.frame_bytes)
    app.add_middleware(Headers, origins=Origins(settings.origins), demo=settings.demo)
    return app
