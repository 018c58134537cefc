"""Composing groups: a balanced division of an area's deputies into groups (2-15, 2-16).

``words``, ``trades``, ``problem``, ``rules``, ``start`` and ``solving`` are pure: members in, division out.
``reading``, ``changes`` and ``working`` know the database.
"""
