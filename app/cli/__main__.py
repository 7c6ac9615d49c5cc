"""``python -m app.cli`` is ``honeydesk``."""

from app.cli.commands import main

main()
