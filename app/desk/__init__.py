"""The desk at work: performs the effects of the life cycle. Knows the store, the bot, the roster and the bus by
their ports; knows nothing of sockets."""
