"""The real Rasa beside us: projects written from the corpus, its own environment, training, serving, and the client.

Rasa 3.6 needs Python 3.10, TensorFlow 2.12 and libraries of 2023 (SQLAlchemy 1.4, pydantic 1), so it can share neither
our interpreter nor our packages. It is a program next door: we write its project, start it, and ask it over loopback.
"""
