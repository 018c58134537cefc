"""Taking sheets in: one run reads rows, decides what each one does, and hands the rows to write to a writer.

``rows`` is what passes between the parts, ``writer`` writes in bulk (or only pretends to, for a preview),
``shelf`` keeps what the database already holds in compact form, ``importer`` is the base of every feature's
importer, ``intake`` is the run itself. Nothing here knows what the rows are about.
"""
