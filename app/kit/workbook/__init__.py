"""Workbooks as offices keep them: read without trusting them, recognised by their headings, written typed.

``reading`` opens a file in a child process, ``headings`` finds out what a sheet holds, ``cells`` turns what
people type into values, ``writing`` makes tables, blank templates and marked copies.
"""
