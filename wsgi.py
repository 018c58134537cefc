"""Entry point for WSGI servers and for ``flask --app wsgi``."""

import gc

from app import create_app

app = create_app()
# A page makes thousands of objects and frees them all: looking for cycles less often, and never among what was
# loaded at the start, saves a tenth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 100)
