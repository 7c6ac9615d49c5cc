"""One Chromium and one server (toy engine, demo on) for all browser tests; a stage for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.e2e.browser import chromium
from tests.e2e.cast import Stage
from tests.e2e.host import Host, hosting
from tests.support.server import Server, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def shop() -> Iterator[Host]:
    """Its origin is in the server's list."""
    with hosting() as found:
        yield found


@pytest.fixture(scope="session")
def stranger() -> Iterator[Host]:
    """Its origin is not."""
    with hosting() as found:
        yield found


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, shop: Host, stranger: Host) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("browser") / "data"
    with running(folder, demo=True, origins=[shop.origin], alarm_every=1, ring=60) as found:
        shop.desk = stranger.desk = found.url
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def stage(browser: Browser, server: Server) -> AsyncIterator[Stage]:
    """At the end no page may have complained: no exception, no policy violation, no error in a console."""
    found = Stage(browser, server)
    yield found
    complained = found.complained()
    await found.leave()
    assert complained == []
