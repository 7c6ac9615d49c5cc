"""The load client in C, compiled when it is needed."""
