"""Starts a child and waits to be killed, for `test_process`; says the child's number."""

import asyncio

from bot.corpus.document import from_document
from bot.process import BotProcess
from tests.bot.child import Given
from tests.bot.conftest import TODAY, small_document


async def main() -> None:
    corpus, _ = from_document(small_document(), version="v1")
    process = await BotProcess.start("tests.bot.child", Given(), corpus, day=TODAY)
    print(process.pid, flush=True)
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main())
