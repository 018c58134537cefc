"""Finding people while typing, and resolving a pasted list of names."""

from __future__ import annotations

import re

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.kit.database import row_ids
from app.kit.web import current_actor, requires
from app.registry import queries
from app.registry.policy import LIST_DEPUTIES
from app.registry.routes import bp


@bp.get("/deputies/pick")
@requires(LIST_DEPUTIES)
def pick() -> ResponseReturnValue:
    """Deputies in office matching what was typed (``q``), or the labels of chosen ones (``ids``)."""
    actor = current_actor()
    ids = row_ids(request.args.get("ids", "").split(","))
    if ids:
        options = queries.list_options(actor, ids=ids[:2000])
    else:
        q = request.args.get("q", "").replace("\x00", "").strip()[:60]
        options = queries.list_options(actor, q=q) if q else []
    return render_template("kit/picker_options.html", options=options)


@bp.post("/deputies/pick")
@requires(LIST_DEPUTIES)
def pick_pasted() -> ResponseReturnValue:
    """Resolves a pasted list of names or card numbers, in the order pasted; changes nothing."""
    sent = request.form.get("names", "").replace("\x00", "")
    names = [part for part in re.split(r"[、，,;；/\s]+", sent) if part][:2000]
    found = queries.match_pasted(current_actor(), names)
    return render_template(
        "kit/picker_matches.html", matches=[(name, found[name]) for name in dict.fromkeys(names)]
    )
