"""For operators: health, readiness, metrics, schemas."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from app.db.port import StoreError
from app.gateway.parts import Parts
from app.wire.export import schemas

router = APIRouter(tags=["operations"])


@router.get("/health")
async def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/ready")
async def ready(request: Request, response: Response) -> dict[str, Any]:
    """Ready to take customers: a write can be committed. A broken bot is said here, but people still work."""
    parts = Parts.of(request)
    problems: list[str] = []
    try:
        await parts.desk.store.ping()
    except StoreError as error:
        problems.append(error.code)
    warnings = [w for w in (parts.desk.worker.warning,) if w]
    if parts.desk.answering.breaker.is_broken:
        warnings.append("engine_broken")
    if parts.registry.draining:
        problems.append("draining")
    if problems:
        response.status_code = 503
    return {"ready": not problems, "problems": problems, "warnings": warnings}


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text. No label comes from outside."""
    parts = Parts.of(request)
    desk, now = parts.desk, time.time()
    agents = desk.roster.agents(now)
    oldest = desk.live.oldest
    coverage = desk.queue.model.coverage()
    values: dict[str, tuple[str, float]] = {
        "honeydesk_sockets": ("Open sockets.", len(parts.registry.open)),
        "honeydesk_waiting": ("Conversations queued or offered.", len(desk.live.waiting())),
        "honeydesk_oldest_waiting_seconds": ("Longest present wait.", now - oldest if oldest else 0.0),
        "honeydesk_with_agents": ("Conversations held or offered.", sum(desk.live.loads.values())),
        "honeydesk_agents_connected": ("Agents with a live lease.", sum(a.connected for a in agents)),
        "honeydesk_agents_ready": ("Agents ready.", sum(a.ready for a in agents)),
        "honeydesk_alarms": ("Emergencies nobody has acknowledged.", len(desk.live.alarms)),
        "honeydesk_bot_queue": ("Turns waiting for the engine.", desk.worker.waiting),
        "honeydesk_bot_replies_dropped_total": ("Replies that came too late.", desk.answering.dropped),
        "honeydesk_engine_broken": ("1 while the engine fails.", float(desk.answering.breaker.is_broken)),
        "honeydesk_wait_told": ("Recent waits whose estimate was scored.", coverage.waits),
        "honeydesk_wait_before_p50": ("Share of waits that ended before p50.", coverage.before_p50),
        "honeydesk_wait_before_p90": ("Share of waits that ended before p90.", coverage.before_p90),
        "honeydesk_uptime_seconds": ("Since this process was started.", now - parts.started),
    }
    for name, value in (await desk.store.stats()).items():
        values[f"honeydesk_store_{name}"] = (f"Store: {name}.", value)
    registry = CollectorRegistry()
    for name, (text, value) in values.items():
        Gauge(name, text, registry=registry).set(value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/schema/sockets.json")
async def socket_schema() -> dict[str, Any]:
    """JSON Schema of every frame on both sockets."""
    return schemas()
