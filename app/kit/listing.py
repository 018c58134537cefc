"""Lists: declared once per noun, and the same declaration filters, sorts, pages, chooses columns and exports.

Paging is by key, never by offset: page 20,000 costs what page 1 costs. A list's whole state is its address,
so coming back from a detail finds the filters as they were.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, cached_property
from html import escape
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from markupsafe import Markup
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    FromClause,
    Join,
    Select,
    Table,
    and_,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.sql.visitors import iterate
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import row_ids
from app.kit.i18n import _
from app.kit.states import LabelledEnum

PAGE_SIZES = (20, 50, 100, 200)
COUNTED = 10_000
_OWN = frozenset(
    {
        "after",
        "before",
        "last",
        "size",
        "sort",
        "n",
        "format",
        "exact",
        "ids",
        "columns",
        "choices",
        "csrf_token",
    }
)


@dataclass(frozen=True)
class Column:
    """A column of a list and of its export.

    ``kind``: text, code (a number or a word that stays on one line), number, date, instant, percent, money,
    yes_no, enum. ``sort``: the SQL expression to sort
    by (never NULL), or None. ``show`` turns the value into text where the kind does not say how.
    """

    key: str
    label: Any
    expression: Any
    kind: str = "text"
    sort: Any = None
    show: Callable[[Any], str] | None = None
    visible: bool = True

    @cached_property
    def cell(self) -> Any:
        """The expression under its name in a statement."""
        return self.expression.label(f"c_{self.key}")

    @cached_property
    def tables(self) -> frozenset[str]:
        """Names of the tables the cell is read from."""
        return _tables_of([self.cell])

    @property
    def align(self) -> str:
        return "right" if self.kind in {"number", "percent", "money"} else "left"

    def text(self, value: Any) -> str:
        """The value as people read it."""
        if value is None:
            return ""
        if self.show is not None:
            return self.show(value)
        return format_value(value, self.kind)


def format_value(value: Any, kind: str = "text") -> str:
    """A value as people read it: labels for states, 是/空, percent with one decimal, yuan for fen."""
    if value is None:
        return ""
    if isinstance(value, LabelledEnum):
        return value.label
    if kind == "yes_no":
        return _("是") if value else ""
    if kind == "percent":
        return f"{value * 100:.1f}%"
    if kind == "money":
        return f"{value / 100:,.2f}"
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


@dataclass(frozen=True)
class Filter:
    """A filter whose state lives in the address. ``kind``: choice, dates, text, yes_no, hidden (set by a link,
    shown only as a chip), or fixed (set by a link, and the page is nothing without it: it stays whatever is
    chosen or cleared, and the page itself says what it is).

    ``condition`` gets the chosen values (for dates: two ISO days or empty texts). Where there may be hundreds
    of choices, ``named`` gives (value, label) of chosen ones alone: a page then shows these, and fetches the
    others when the filter is opened.
    """

    key: str
    label: Any
    kind: str
    condition: Callable[[list[str]], ColumnElement[bool] | None]
    choices: Callable[[Actor], Sequence[tuple[str, str]]] | None = None
    named: Callable[[Actor, list[str]], Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True)
class BatchAction:
    """Something done to all selected rows at once: where it is posted, and what to confirm."""

    label: Any
    url: str
    confirm: Any = ""


@dataclass(frozen=True, eq=False)
class Listing:
    """A list of one noun. ``select_visible(actor)`` gives FROM and WHERE; columns are put in by the list.

    A FROM of tables alone is the same for every actor, and its outer joins find one row at most: they are left
    out where nothing asks for their table.
    """

    name: str
    title: Any
    noun: Any
    select_visible: Callable[[Actor], Select[Any]]
    identity: Any
    columns: tuple[Column, ...]
    url: Callable[[int], str]
    filters: tuple[Filter, ...] = ()
    search: Callable[[str], ColumnElement[bool]] | None = None
    search_hint: Any = ""
    order: str = ""
    batch: Callable[[Actor], Sequence[BatchAction]] | None = None
    empty: Callable[[Actor], tuple[str, str, str]] | None = None

    def __post_init__(self) -> None:
        LISTINGS[self.name] = self

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)


LISTINGS: dict[str, Listing] = {}
_FROM: WeakKeyDictionary[Listing, FromClause] = WeakKeyDictionary()


def _from_of(listing: Listing, visible: Select[Any]) -> FromClause:
    # Asking a statement for its FROM costs as much as reading a page, so one of tables alone is kept.
    if listing in _FROM:
        return _FROM[listing]
    (found,) = visible.get_final_froms()
    if all(isinstance(part, Join | Table | ColumnElement) for part in iterate(found)) and not any(
        isinstance(part, BindParameter) for part in iterate(found)
    ):
        _FROM[listing] = found
    return found


def _tables_of(clauses: Iterable[Any]) -> frozenset[str]:
    tables = (getattr(part, "table", None) for clause in clauses for part in iterate(clause))
    return frozenset(table.name for table in tables if isinstance(table, Table))


def _needed(rows: FromClause, tables: frozenset[str]) -> FromClause:
    """The FROM without outer joins of tables nothing asks for: databases see through a chain of them only in part."""
    if not isinstance(rows, Join):
        return rows
    if rows.isouter and isinstance(rows.right, Table) and rows.right.name not in tables:
        return _needed(rows.left, tables)
    left = _needed(rows.left, tables | _tables_of([rows.onclause]))
    return rows if left is rows.left else left.join(rows.right, rows.onclause, isouter=rows.isouter)


@dataclass
class Row:
    id: int
    url: str
    cells: list[str]

    def html(self, openings: Sequence[str], choose: str) -> str:
        """The row as HTML: a box to choose it by where there is a word for that, and its cells behind their
        opening tags."""
        name = escape(self.cells[0])
        box = (
            f'<td class="pick"><input class="form-check-input" type="checkbox" name="ids" value="{self.id}" '
            f'aria-label="{choose} {name}"></td>'
        )
        cells = [
            f"{opening}{escape(cell, quote=False)}</td>"
            for opening, cell in zip(openings, self.cells[1:], strict=True)
        ]
        head = f'<th scope="row"><a href="{escape(self.url)}">{name or "—"}</a></th>'
        return f"<tr>{box if choose else ''}{head}{''.join(cells)}</tr>"


@dataclass
class Heading:
    key: str
    label: str
    align: str
    kind: str
    sort_url: str
    sorted: str | None


@dataclass
class FilterView:
    key: str
    label: str
    kind: str
    choices: list[tuple[str, str]]
    values: list[str]
    from_: str = ""
    to: str = ""
    choices_url: str = ""
    open: bool = False


@dataclass
class Chip:
    label: str
    remove_url: str


@dataclass
class View:
    """What the list template shows."""

    name: str
    title: str
    noun: str
    path: str
    search: str
    search_hint: str
    searchable: bool
    filters: list[FilterView]
    chips: list[Chip]
    clear_url: str
    columns: list[Heading]
    all_columns: list[dict[str, Any]]
    rows: list[Row]
    total: int
    total_is_exact: bool
    exact_url: str
    page_size: int
    page_sizes: list[tuple[int, str]]
    first_url: str
    previous_url: str
    next_url: str
    last_url: str
    range_text: str
    export_url: str
    batch_actions: list[BatchAction]
    saved_views: list[tuple[str, str]]
    query: str
    empty: tuple[str, str, str] | None
    hidden: list[tuple[str, str]] = field(default_factory=list)

    def body(self, openings: Sequence[str], choose: str) -> Markup:
        """The rows of the table."""
        # Not in the template: Jinja takes longer to escape 600 cells one by one than the database to find them.
        return Markup("\n".join([row.html(openings, choose) for row in self.rows]))  # noqa: S704 - all escaped


class ListQuery:
    """One request for a list: its address read, its rows fetched."""

    def __init__(self, listing: Listing, actor: Actor, args: MultiDict[str, str], path: str = "") -> None:
        self.listing = listing
        self.actor = actor
        self.args = args
        self.path = path
        self.q = args.get("q", "").replace("\x00", "").strip()[:60]
        self.preferences: Mapping[str, Any] = (actor.preferences.get("lists") or {}).get(listing.name) or {}
        self.page_size = self._page_size()
        self.sort_column, self.descending = self._sort()
        self.columns = self._columns()
        self.filter_views = [self._filter_view(item) for item in listing.filters]

    # --- reading the address -------------------------------------------------------------------------

    def _page_size(self) -> int:
        wanted = self.args.get("size", "")
        size = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 5 else 0
        return size if size in PAGE_SIZES else 50

    def _sort(self) -> tuple[Column | None, bool]:
        for wanted in (self.args.get("sort", ""), self.listing.order):
            column = self.listing.column(wanted.lstrip("-"))
            if column is not None and column.sort is not None:
                return column, wanted.startswith("-")
        return None, self.listing.order.startswith("-")

    def _columns(self) -> list[Column]:
        chosen = self.preferences.get("columns") or []
        found = [column for key in chosen if (column := self.listing.column(key)) is not None]
        return found or [column for column in self.listing.columns if column.visible]

    def _filter_view(self, item: Filter) -> FilterView:
        view = FilterView(item.key, str(item.label), item.kind, [], [])
        if item.kind == "dates":
            view.from_, view.to = (_iso_day(self.args.get(f"{item.key}_{end}", "")) for end in ("from", "to"))
            view.values = [view.from_, view.to] if view.from_ or view.to else []
            return view
        view.values = [value.replace("\x00", "")[:60] for value in self.args.getlist(item.key) if value]
        if item.kind in {"text", "hidden", "fixed"}:
            if item.named is not None and view.values:
                view.choices = list(item.named(self.actor, view.values))
            return view
        view.open = self.args.get("choices") == item.key
        view.choices = [(str(value), str(label)) for value, label in self._choices(item, view)]
        known = {value for value, _label in view.choices}
        view.values = [value for value in view.values if value in known]
        return view

    def _choices(self, item: Filter, view: FilterView) -> Sequence[tuple[str, str]]:
        if item.kind == "yes_no":
            return said_yes(self.actor, view.values)
        if item.named is not None and not view.open:
            view.choices_url = self.address(choices=item.key)
            return item.named(self.actor, view.values) if view.values else []
        return item.choices(self.actor) if item.choices else []

    # --- queries ---------------------------------------------------------------------------------------

    @cached_property
    def _from(self) -> FromClause:
        return _from_of(self.listing, self._visible)

    @cached_property
    def _visible(self) -> Select[Any]:
        return self.listing.select_visible(self.actor)

    def _conditions(self) -> Iterator[ColumnElement[bool] | None]:
        ids = row_ids(self.args.getlist("ids"))
        if ids:
            yield self.listing.identity.in_(ids[:1000])
        if self.q and self.listing.search is not None:
            yield self.listing.search(self.q)
        for item, view in zip(self.listing.filters, self.filter_views, strict=True):
            if view.values:
                yield item.condition(view.values)
        # Last: of two ranges on a column SQLite searches its index by the first, and filters are the narrower.
        yield self._visible.whereclause

    @cached_property
    def _where(self) -> list[ColumnElement[bool]]:
        return [condition for condition in self._conditions() if condition is not None]

    def statement(self) -> Select[Any]:
        """Visible rows under the filters and the search, unsorted."""
        return select(self.listing.identity).select_from(self._from).where(*self._where)

    def _select(self, *columns: Any) -> Select[Any]:
        rows = _needed(self._from, _tables_of([*self._where, *columns]))
        return select(*columns).select_from(rows).where(*self._where)

    def total(self) -> tuple[int, bool]:
        """How many rows there are; counted exactly up to :data:`COUNTED`, further only when asked."""
        statement = self._select(self.listing.identity.label("row_id"))
        if "exact" not in self.args:
            statement = statement.limit(COUNTED + 1)
        count = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
        return (count, True) if "exact" in self.args or count <= COUNTED else (COUNTED, False)

    def _ordered(self, statement: Select[Any], *, backwards: bool = False) -> Select[Any]:
        down = self.descending != backwards
        keys = [self.sort_column.sort] if self.sort_column is not None else []
        return statement.order_by(
            *(key.desc() if down else key.asc() for key in [*keys, self.listing.identity])
        )

    def _beyond(self, cursor: list[Any], *, backwards: bool) -> ColumnElement[bool]:
        down = self.descending != backwards
        if self.sort_column is None:
            left, right = self.listing.identity, literal(cursor[1])
            return left < right if down else left > right  # type: ignore[no-any-return]
        key = self.sort_column.sort
        here = tuple_(key, self.listing.identity)
        there = tuple_(literal(cursor[0], key.type), literal(cursor[1]))
        return here < there if down else here > there

    def page(self) -> tuple[list[Any], bool, bool]:
        """Rows of this page in order, and whether there is a page before and after it."""
        after, before = (_cursor(self.args.get(way, ""), self.sort_column) for way in ("after", "before"))
        backwards = before is not None or "last" in self.args
        beyond = None
        if before is not None:
            beyond = self._beyond(before, backwards=True)
        elif after is not None and not backwards:
            beyond = self._beyond(after, backwards=False)
        size = self.page_size
        rows = list(db.session.execute(self._select_page(beyond, size + 1, backwards=backwards)))
        more = len(rows) > size
        rows = rows[:size]
        if backwards:
            rows.reverse()
            return rows, more, before is not None
        return rows, after is not None, more

    @property
    def _key(self) -> Any:
        return self.sort_column.sort if self.sort_column is not None else self.listing.identity

    def _select_page(self, beyond: Any, limit: int, *, backwards: bool) -> Select[Any]:
        """Row numbers of the page first, then their cells: what the cells need is joined to these rows alone."""
        chosen = self._select(self.listing.identity.label("row_id"), self._key.label("row_key"))
        if beyond is not None:
            chosen = chosen.where(beyond)
        page = self._ordered(chosen, backwards=backwards).limit(limit).subquery("page")
        down = self.descending != backwards
        rows = _needed(self._from, frozenset().union(*(column.tables for column in self.columns)))
        return (
            select(page.c.row_id, page.c.row_key, *self._cells())
            .select_from(rows.join(page, page.c.row_id == self.listing.identity))
            .order_by(*(key.desc() if down else key.asc() for key in (page.c.row_key, page.c.row_id)))
        )

    def _cells(self) -> list[Any]:
        return [column.cell for column in self.columns]

    def export_rows(self) -> Iterator[list[Any]]:
        """Every row on screen's filters, columns and order, for the export."""
        statement = self._ordered(self.statement().with_only_columns(*self._cells()))
        for row in db.session.execute(statement.execution_options(yield_per=2000)):
            yield [_export_value(value, column) for value, column in zip(row, self.columns, strict=True)]

    # --- the view ----------------------------------------------------------------------------------------

    def address(self, **changes: Any) -> str:
        """This list's address with parameters changed (None removes one)."""
        pairs = [
            (key, value)
            for key, value in self.args.items(multi=True)
            if key not in changes and key not in {"csrf_token", "format", "choices"} and value != ""
        ]
        for key, value in changes.items():
            if value is not None:
                pairs += [(key, item) for item in (value if isinstance(value, list) else [value])]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def _moved(self, **changes: Any) -> str:
        return self.address(**{"after": None, "before": None, "last": None, "n": None, **changes})

    def _chips(self) -> list[Chip]:
        chips = [Chip(_("搜索：%(q)s", q=self.q), self._moved(q=None))] if self.q else []
        for view in self.filter_views:
            if view.kind == "fixed":
                continue
            if view.kind == "dates" and view.values:
                text = f"{view.label}：{view.from_ or '…'} — {view.to or '…'}"
                chips.append(Chip(text, self._moved(**{f"{view.key}_from": None, f"{view.key}_to": None})))
                continue
            labels = dict(view.choices)
            for value in view.values:
                rest = [other for other in view.values if other != value]
                chips.append(
                    Chip(f"{view.label}：{labels.get(value, value)}", self._moved(**{view.key: rest or None}))
                )
        return chips

    def view(self) -> View:
        """Everything the list template needs."""
        rows, has_previous, has_next = self.page()
        whole = not (has_previous or has_next)
        total, exact = (len(rows), True) if whole else self.total()
        listing = self.listing
        start = self._start(total, len(rows))
        cells = [_words_of(column) for column in self.columns]
        shown = [
            Row(
                row[0], listing.url(row[0]), [text(value) for text, value in zip(cells, row[2:], strict=True)]
            )
            for row in rows
        ]
        kept = {"q", "sort", "size"}
        return View(
            name=listing.name,
            title=str(listing.title),
            noun=str(listing.noun),
            path=self.path,
            search=self.q,
            search_hint=str(listing.search_hint),
            searchable=listing.search is not None,
            filters=self.filter_views,
            chips=self._chips(),
            clear_url=f"{self.path}?{urlencode(fixed)}"
            if (fixed := self._set_by_link("fixed"))
            else self.path,
            columns=[self._heading(column) for column in self.columns],
            all_columns=self._all_columns(),
            rows=shown,
            total=total,
            total_is_exact=exact,
            exact_url=self.address(exact="1"),
            page_size=self.page_size,
            page_sizes=[(size, self._moved(size=size)) for size in PAGE_SIZES],
            first_url=self._moved() if has_previous else "",
            previous_url=self._page_url("before", rows[0], max(start - self.page_size, 1))
            if has_previous and rows
            else "",
            next_url=self._page_url("after", rows[-1], start + len(rows)) if has_next and rows else "",
            last_url=self._moved(last="1") if has_next else "",
            range_text=f"{start}–{start + len(rows) - 1}" if rows else "",
            export_url=self._moved(format="xlsx"),
            batch_actions=list(listing.batch(self.actor)) if listing.batch else [],
            saved_views=[
                (name, f"{self.path}?{query}")
                for name, query in (self.preferences.get("views") or {}).items()
            ],
            query=urlencode([(k, v) for k, v in self.args.items(multi=True) if k not in _OWN - kept and v]),
            empty=listing.empty(self.actor) if listing.empty and not rows else None,
            hidden=[(key, self.args[key]) for key in ("sort", "size") if self.args.get(key)]
            + self._set_by_link("hidden", "fixed"),
        )

    def _set_by_link(self, *kinds: str) -> list[tuple[str, str]]:
        return [
            (view.key, value) for view in self.filter_views if view.kind in kinds for value in view.values
        ]

    def _start(self, total: int, shown: int) -> int:
        if "last" in self.args:
            return max(total - shown + 1, 1)
        sent = self.args.get("n", "")
        return max(int(sent), 1) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 1

    def _page_url(self, direction: str, row: Any, start: int) -> str:
        return self._moved(**{direction: write_cursor(row[1], row[0]), "n": start})

    def _heading(self, column: Column) -> Heading:
        state = None
        if self.sort_column is column:
            state = "desc" if self.descending else "asc"
        url = (
            self._moved(sort=f"{'-' if state == 'asc' else ''}{column.key}")
            if column.sort is not None
            else ""
        )
        return Heading(column.key, str(column.label), column.align, column.kind, url, state)

    def _all_columns(self) -> list[dict[str, Any]]:
        shown = [column.key for column in self.columns]
        ordered = self.columns + [column for column in self.listing.columns if column.key not in shown]
        return [{"key": c.key, "label": str(c.label), "visible": c.key in shown} for c in ordered]


def _words_of(column: Column) -> Callable[[Any], str]:
    """``column.text``, made quick for the fifty rows of a page."""
    if column.kind in {"enum", "yes_no", "date"}:
        return cache(column.text)
    if column.kind in {"text", "code"} and column.show is None:
        return lambda value: value if type(value) is str else column.text(value)
    return column.text


def _iso_day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return ""


def write_cursor(key: Any, identity: int) -> str:
    if isinstance(key, datetime | date):
        key = key.isoformat()
    packed = json.dumps([key, identity], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _cursor(text: str, column: Column | None) -> list[Any] | None:
    """The key and the number a page goes on from; what somebody made up is no place in the list."""
    if not text:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not (isinstance(value, list) and len(value) == 2 and type(value[1]) is int):
            return None
        key = _read_key(value[0], column) if column is not None else None
    except (ValueError, binascii.Error):
        return None
    return [key, value[1]] if 0 <= value[1] < 2**62 else None


def _read_key(value: Any, column: Column) -> Any:
    if column.kind == "date":
        return date.fromisoformat(str(value))
    if column.kind == "instant":
        instant = datetime.fromisoformat(str(value))
        return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
    if column.kind in {"number", "percent", "money"}:
        most = 2**62 if isinstance(column.sort.type, BigInteger) else 2**31
        if type(value) not in (int, float) or not abs(value) < most:
            raise ValueError("no such number")
        return value
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("no such text")
    value.encode()
    return value


def _export_value(value: Any, column: Column) -> Any:
    if value is None or column.kind in {"number", "percent", "money", "date"}:
        return value
    return column.text(value)


def dates_filter(key: str, label: Any, column: Any) -> Filter:
    """From a day to a day, both included."""

    def condition(values: list[str]) -> ColumnElement[bool] | None:
        parts = []
        if values[0]:
            parts.append(column >= date.fromisoformat(values[0]))
        if values[1]:
            parts.append(column <= date.fromisoformat(values[1]))
        return and_(*parts) if parts else None

    return Filter(key, label, "dates", condition)


def enum_filter(key: str, label: Any, column: Any, enum: type[LabelledEnum]) -> Filter:
    """One or several states."""
    return Filter(
        key,
        label,
        "choice",
        lambda values: column.in_([enum(v) for v in values]),
        lambda _actor: enum.choices(),
    )


def said_yes(_actor: Actor, _values: list[str]) -> Sequence[tuple[str, str]]:
    """Names of 1 and 0 for the chip of a hidden filter."""
    return [("1", _("是")), ("0", _("否"))]


def yes_no_filter(key: str, label: Any, column: Any) -> Filter:
    """Yes or no."""
    return Filter(key, label, "yes_no", lambda values: column.in_([value == "1" for value in values]))
