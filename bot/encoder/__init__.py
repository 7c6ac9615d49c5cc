"""The text encoder: how its artefact is built, described and run."""
