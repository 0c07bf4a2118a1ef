from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

# As many names as a message lists; the rest is counted.
MAX_NAMES = 20


class ChannelSettlement(models.Model):
    """A run that settles a period: bases, then approval and reveal, then credit notes.

    ``draft → computed → approved → done``, ``cancelled`` until approved, ``reversed`` after. An
    officer computes, a keeper who is somebody else approves. Approval is the reveal: before it
    no rate or rebate is in the database, neither here nor in accounting.
    """

    _name = "channel.settlement"
    _description = "Channel Rebate Settlement"
    _inherit = ["channel.workflow.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _workflow_fields = frozenset(
        {
            "state",
            "name",
            "number",
            "computed_by_id",
            "computed_on",
            "approved_by_id",
            "approved_on",
            "documents_queued",
            "documents_paused",
            "documents_error",
        }
    )

    name = fields.Char(
        string="Number", readonly=True, copy=False, default=lambda self: self.env._("New")
    )
    kind = fields.Selection(
        selection=[
            ("periodic", "Periodic"),
            ("supplementary", "Supplementary"),
            ("annual", "Year-end"),
        ],
        required=True,
        default="periodic",
        help="A periodic settlement settles who has not been settled yet. A supplementary one "
        "corrects settled statements by what has changed since, and settles sub-distributors who "
        "signed after their dealer was settled. A year-end one pays dealers for the whole year, by "
        "their scorecards, once all their periods are settled.",
    )
    number = fields.Integer(
        string="Correction",
        readonly=True,
        copy=False,
        help="Counts the corrections of a period: 1, 2, 3 …",
    )
    period_id = fields.Many2one(
        comodel_name="channel.period",
        compute="_compute_period_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        domain="[('state', '=', 'open')]",
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="Date of the documents. If it is locked, they are booked on the first open day.",
    )
    dealer_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Only Dealers",
        domain="[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True)]",
        check_company=True,
        help="Settle these dealers and their sub-distributors only. Empty: all who have signed.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("computed", "Computed"),
            ("approved", "Approved"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("reversed", "Reversed"),
        ],
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    computed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    computed_on = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)

    statement_ids = fields.One2many(
        comodel_name="channel.statement",
        inverse_name="settlement_id",
        string="Statements",
        readonly=True,
        copy=False,
    )
    statement_count = fields.Integer(compute="_compute_statement_count")
    move_count = fields.Integer(string="Document Count", compute="_compute_move_count")
    is_period_over = fields.Boolean(compute="_compute_is_period_over")
    unsigned_count = fields.Integer(
        string="Not Signed",
        compute="_compute_unsigned_count",
        help="Agreements and versions of the period that are drafts or sealed, and not signed.",
    )

    @api.depends("statement_ids")
    def _compute_statement_count(self):
        counts = dict(
            self.env["channel.statement"]._read_group(
                [("settlement_id", "in", self.ids)], ["settlement_id"], ["__count"]
            )
        )
        for settlement in self:
            settlement.statement_count = counts.get(settlement, 0)

    @api.depends("statement_ids.move_id")
    def _compute_move_count(self):
        counts = dict(
            self.env["channel.statement"]._read_group(
                [("settlement_id", "in", self.ids), ("move_id", "!=", False)],
                ["settlement_id"],
                ["__count"],
            )
        )
        for settlement in self:
            settlement.move_count = counts.get(settlement, 0)

    @api.depends("period_id", "state")
    def _compute_unsigned_count(self):
        counts = dict(
            self.env["channel.agreement"]._read_group(
                [("period_id", "in", self.period_id.ids), ("state", "in", ("draft", "sealed"))],
                ["period_id"],
                ["__count"],
            )
        )
        for settlement in self:
            settlement.unsigned_count = counts.get(settlement.period_id, 0)

    @api.model_create_multi
    def create(self, vals_list):
        settlements = super().create(vals_list)
        for settlement, vals in zip(settlements, vals_list, strict=True):
            if vals.get("name"):  # from our own code only: it is a workflow field
                continue
            sequence = self.env["ir.sequence"].with_company(settlement.company_id)
            settlement._trusted().name = sequence.next_by_code(
                "channel.settlement", sequence_date=settlement.date
            )
        return settlements

    def write(self, vals):
        basis = {"kind", "period_id", "year", "company_id", "dealer_ids"}
        if basis & vals.keys() and self.statement_ids:
            raise UserError(
                self.env._(
                    "Reset %(settlements)s first: it has been computed.",
                    settlements=", ".join(self.mapped("name")),
                )
            )
        if {"date", "cutoff_date"} & vals.keys() and any(
            run.state not in ("draft", "computed") for run in self
        ):
            raise UserError(self.env._("The dates of approved settlements can't change."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        if kept := self.filtered(lambda run: run.state in ("approved", "done", "reversed")):
            raise UserError(
                self.env._(
                    "%(settlements)s can't be deleted: it has been approved. Reverse it instead.",
                    settlements=", ".join(kept.mapped("name")),
                )
            )

    def action_show_totals(self):
        """Show the totals of the run, expected or final, to the one who presses the button."""
        self.ensure_one()
        self.statement_ids.check_access("read")
        texts = [
            self.env._(
                "Gross %(gross)s, passed on %(passed_on)s, penalties %(penalty)s, net %(net)s",
                **{
                    name: formatLang(self.env, amount, currency_obj=currency)
                    for name, amount in totals.items()
                },
            )
            for currency, totals in self.statement_ids._get_totals().items()
        ]
        message = " · ".join(texts)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": self.name, "message": message, "sticky": True, "type": "info"},
        }

    def action_open_statements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_statement_action"
        )
        return {**action, "domain": [("settlement_id", "=", self.id)], "context": {}}

    def action_open_documents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_document_action"
        )
        moves = self.statement_ids.move_id
        return {**action, "domain": [("id", "in", moves.ids)], "context": {"create": False}}
