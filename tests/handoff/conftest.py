"""Settings for the property tests of the package: no deadline, since they may share the cores."""

from hypothesis import settings

settings.register_profile("handoff", deadline=None, max_examples=40)
settings.load_profile("handoff")
