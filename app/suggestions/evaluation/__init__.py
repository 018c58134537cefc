"""Quantified evaluation of handling units: schemes as data, one pure engine, every step of the computation shown."""
