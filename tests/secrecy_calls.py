"""The ways to ask a server for a rate, one row each; made through the ORM and over HTTP."""

from dataclasses import dataclass, field
from enum import Enum, auto


class Keeper(Enum):
    """What a keeper gets in the same way: the proof that the row asks for something."""

    SECRET = auto()
    ANSWER = auto()
    REFUSED = auto()


SECRET, ANSWER, REFUSED = Keeper
# What a search says that finds nothing.
NOTHING = ([], 0, {}, {"length": 0, "records": []}, {"length": 0, "groups": []})


class Refused(Exception):
    """The call failed; ``kind`` names the exception, the text is all that the caller is told."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind.rpartition(".")[2]


@dataclass(frozen=True)
class Call:
    """A public method of a model, called as a client calls it."""

    model: str
    method: str
    args: list
    keeper: Keeper = SECRET
    kwargs: dict = field(default_factory=dict)

    def __str__(self):
        return f"{self.model}.{self.method} {self.args} {self.kwargs}"


def on(model):
    """Return a short way to write the rows of one model."""

    def call(method, *args, keeper=SECRET, **kwargs):
        return Call(model, method, list(args), keeper, kwargs)

    return call


def reading(rate_ids, period_id):
    rate = on("channel.rate")
    return [
        rate("read", rate_ids, ["rate"]),
        rate("read", rate_ids),
        rate("read", rate_ids, ["token"], keeper=REFUSED),
        rate("web_read", rate_ids, {"rate": {}}),
        rate("search_read", [], ["rate"]),
        rate("web_search_read", [], {"rate": {}}),
        rate("web_name_search", "", {"rate": {}}),
        rate("read", rate_ids, ["example"]),
        rate("read", rate_ids, ["brackets"], keeper=ANSWER),
        rate("web_read", rate_ids, {"brackets": {}, "example": {}}),
        rate("export_data", rate_ids, ["line_id", "rate"]),
        rate("export_data", rate_ids, ["brackets", "example"]),
        rate("export_data", rate_ids, ["token"], keeper=REFUSED),
        rate("get_metadata", rate_ids, keeper=ANSWER),
        rate("get_views", [[False, "list"], [False, "form"]], keeper=ANSWER),
        rate("onchange", rate_ids[:1], {}, [], {"rate": {}}),
        rate("onchange", rate_ids[:1], {"rate": 1}, ["rate"], {"rate": {}}, keeper=ANSWER),
        rate("onchange", rate_ids[:1], {"example_base": 1}, ["example_base"], {"example": {}}),
        rate("onchange", [], {}, [], {"rate": {}}, keeper=REFUSED),
        rate("copy", rate_ids[:1], keeper=REFUSED),
        rate("web_save", rate_ids[:1], {}, {"rate": {}}),
        rate("get_grid", period_id),
    ]


def searching():
    rate = on("channel.rate")
    return [
        rate("search", [], keeper=ANSWER),
        rate("search_count", [], keeper=ANSWER),
        rate("name_search", "", keeper=ANSWER),
        rate("web_search_read", [], {}, keeper=ANSWER, count_limit=1),
        rate("search", [("rate", ">", 17)], keeper=REFUSED),
        rate("search", [("rate", "in", [17])], keeper=REFUSED),
        rate("search", [("brackets", "ilike", "100")], keeper=REFUSED),
        rate("search", [("example", "ilike", "100")], keeper=REFUSED),
        rate("search", [], keeper=REFUSED, order="brackets"),
        rate("search_count", [("token", "like", "1:")], keeper=REFUSED),
        rate("search", [], keeper=REFUSED, order="rate"),
        rate("search", [], keeper=REFUSED, order="token desc"),
        rate("search", [("line_id", "any", [])], keeper=ANSWER),
        rate("search", [("line_id", "not any", [("measure", "=", "x")])], keeper=ANSWER),
        rate("search", [("line_id", "any!", [])], keeper=REFUSED),
        rate("search", [("partner_id.name", "=", "Dealer A")], keeper=ANSWER),
        rate("search_panel_select_range", "state", keeper=ANSWER),
        rate("search_panel_select_multi_range", "agreement_id", keeper=ANSWER),
    ]


def grouping():
    rate = on("channel.rate")
    bar = {"field": "state", "colors": {"signed": "success"}}
    by_line = ([], ["line_id"])
    return [
        rate("formatted_read_group", *by_line, ["__count"], keeper=ANSWER),
        rate("formatted_read_group", [], ["rate"], ["__count"], keeper=REFUSED),
        rate("formatted_read_group", [], ["brackets"], ["__count"], keeper=REFUSED),
        rate("formatted_read_group", *by_line, ["example:array_agg"], keeper=REFUSED),
        rate("formatted_read_group", [], [], ["rate:sum"], keeper=REFUSED),
        rate("formatted_read_group", *by_line, ["rate:array_agg"], keeper=REFUSED),
        rate("formatted_read_group", *by_line, ["token:array_agg"], keeper=REFUSED),
        rate("formatted_read_group", *by_line, ["token:max"], keeper=REFUSED),
        rate("formatted_read_group", *by_line, [], [("rate:max", ">", 17)], keeper=REFUSED),
        rate("formatted_read_group", *by_line, ["rate:sum"], keeper=REFUSED, order="rate:sum"),
        rate("formatted_read_grouping_sets", [], [["rate"]], ["__count"], keeper=REFUSED),
        rate("formatted_read_grouping_sets", [], [[]], ["rate:sum"], keeper=REFUSED),
        rate("web_read_group", [], ["rate"], ["__count"], keeper=REFUSED),
        rate("web_read_group", *by_line, ["rate:avg"], keeper=REFUSED),
        rate("web_read_group", [], ["state"], ["__count"], keeper=ANSWER),
        rate("read_progress_bar", [], "rate", bar, keeper=REFUSED),
        rate("read_progress_bar", [], "role", bar, keeper=ANSWER),
    ]


def expectations(settlement_ids, statement_ids, line_ids):
    """Return the ways to ask what a computed run is going to pay."""
    run, statement = on("channel.settlement"), on("channel.statement")
    line = on("channel.statement.line")
    net, rate = {"expected_net_amount": {}}, {"line_ids": {"fields": {"expected_rate": {}}}}
    by_partner = ([], ["partner_id"])
    return [
        run("read", settlement_ids, ["name"], keeper=ANSWER),
        run("search_read", [], ["name"], keeper=ANSWER),
        run("web_read", settlement_ids, {"statement_ids": {"fields": net}}),
        run("action_show_totals", settlement_ids),
        statement("read", statement_ids, ["expected_net_amount"]),
        statement("read", statement_ids, ["base_amount"], keeper=ANSWER),
        statement("web_read", statement_ids, rate),
        statement("web_search_read", [], net),
        statement("search_count", [], keeper=ANSWER),
        statement("name_search", "Dealer", keeper=ANSWER),
        statement("search", [("expected_net_amount", ">", 1)], keeper=REFUSED),
        statement("search", [], keeper=REFUSED, order="expected_net_amount"),
        statement("search", [], keeper=ANSWER, order="net_amount"),
        statement("formatted_read_group", *by_partner, ["base_amount:sum"], keeper=ANSWER),
        statement("formatted_read_group", *by_partner, ["expected_net_amount:sum"], keeper=REFUSED),
        statement("export_data", statement_ids, ["line_ids/expected_rate"]),
        statement("onchange", statement_ids[:1], {}, [], net, keeper=REFUSED),
        line("read", line_ids, ["expected_rate", "expected_amount"]),
        line("search_read", [], ["expected_amount"]),
        line("action_open_example", line_ids[:1], keeper=ANSWER),
        line("search_count", [("rate", "=", False)], keeper=ANSWER),
        line("formatted_read_group", [], ["expected_rate"], ["__count"], keeper=REFUSED),
        line("web_read_group", [], ["product_id"], ["expected_amount:sum"], keeper=REFUSED),
    ]


def paths(agreement_ids):
    """Return the ways to a rate from models that others may read."""
    move, agreement = on("account.move"), on("channel.agreement")
    statement_has = [("line_ids.expected_rate", ">", 1)]
    line_rate = {"line_ids": {"fields": {"rate": {}}}}
    return [
        move("search", [("channel_statement_id.expected_net_amount", ">", 1)], keeper=REFUSED),
        move("search", [("channel_statement_id", "any", statement_has)], keeper=REFUSED),
        move("search", [("channel_statement_id", "not any", statement_has)], keeper=REFUSED),
        move("search", [("channel_statement_id", "any!", statement_has)], keeper=REFUSED),
        move("search", [("channel_statement_id.base_amount", ">", 1)], keeper=ANSWER),
        agreement("search", [("line_ids.rate", ">", 1)], keeper=REFUSED),
        agreement("search", [("rate_count", ">", 1)], keeper=REFUSED),
        agreement("search", [], keeper=REFUSED, order="rate_count"),
        agreement("formatted_read_group", [], ["rate_count"], ["__count"], keeper=REFUSED),
        agreement("read", agreement_ids, ["rate_count"], keeper=ANSWER),
        agreement("export_data", agreement_ids, ["line_ids/rate"], keeper=REFUSED),
        agreement("web_read", agreement_ids, line_rate, keeper=REFUSED),
        on("channel.rate.import")("search_read", [], ["token"], keeper=REFUSED),
    ]


def changes(rate_ids, agreement_ids, settlement_ids):
    """Return what only keepers and officers may do; an overwritten rate is a known rate."""
    rate, wizard = on("channel.rate"), on("channel.rate.import")
    run, agreement = on("channel.settlement"), on("channel.agreement")
    return [
        rate("write", rate_ids[:1], {"rate": 1}),
        rate("web_save", rate_ids[:1], {"rate": 1}, {"rate": {}}),
        rate("write", rate_ids[:1], {"brackets": "0: 1"}),
        rate("create", [{"line_id": 1, "rate": 1}]),
        rate("unlink", rate_ids[:1]),
        rate("save_grid", [[rate_ids[0], "1"]]),
        wizard("create", [{"filename": "rates.csv"}]),
        *(agreement(name, agreement_ids) for name in ("action_seal", "action_cancel")),
        *(
            run(f"action_{name}", settlement_ids)
            for name in ("approve", "compute", "preview", "reset", "cancel", "reverse")
        ),
    ]
