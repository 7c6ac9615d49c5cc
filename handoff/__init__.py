"""Whose turn is it, and who gets it: matching, positions, honest waits, opening hours.

Pure and standard library only: no I/O, no clock; `now` is passed as epoch seconds.
"""
