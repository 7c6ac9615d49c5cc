"""A bare FastAPI WebSocket echo: the least that any server on this stack costs. Options as in ``app.serve``."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from app.serve import listen


def create() -> FastAPI:
    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                await socket.send_text(await socket.receive_text())
        except WebSocketDisconnect:
            return

    return app


if __name__ == "__main__":
    sock = listen("127.0.0.1", int(sys.argv[1]))
    config = uvicorn.Config(
        create(),
        ws="websockets-sansio",
        http="httptools",
        ws_max_size=65_536,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        access_log=False,
        log_level="warning",
    )
    uvicorn.Server(config).run(sockets=[sock])
