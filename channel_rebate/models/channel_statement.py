from odoo import api, fields, models
from odoo.fields import Domain

from ..const import HOLDERS

# States of a run in which its amounts are written down and known.
REVEALED_STATES = ("approved", "done", "reversed")
# States of a run whose statements count.
LIVE_STATES = ("approved", "done")
# What an account comes to, in the order of the formula; each is a field ``…_amount``.
AMOUNTS = (
    "gross",
    "passed_on",
    "penalty",
    "compensation",
    "carried_in",
    "carried_out",
    "net",
)


class ChannelStatement(models.Model):
    """What a settlement comes to for one partner.

    Until approval only the base is stored, which sales could know anyway; every other amount is
    NULL. Holders see what is to be expected in fields of their own, computed when looked at.
    Amounts are in the agreement's currency.
    """

    _name = "channel.statement"
    _description = "Channel Rebate Statement"
    _inherit = ["channel.sealed.mixin"]
    _order = "settlement_id desc, role, partner_id, id"
    _rec_names_search = ["partner_id.name", "partner_id.ref"]
    _check_company_auto = True

    settlement_id = fields.Many2one(
        comodel_name="channel.settlement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    state = fields.Selection(related="settlement_id.state", string="Status", store=True)
    kind = fields.Selection(related="settlement_id.kind", store=True)
    number = fields.Integer(related="settlement_id.number", string="Correction", store=True)
    period_id = fields.Many2one(comodel_name="channel.period", readonly=True)
    year = fields.Char(
        compute="_compute_year", store=True, help="The fiscal year in which the period ends."
    )
    period_name = fields.Char(string="For", compute="_compute_period_name")
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", required=True, readonly=True, index=True
    )
    role = fields.Selection(
        selection=[("dealer", "Dealer"), ("sub_distributor", "Sub-distributor")], readonly=True
    )
    agreement_ids = fields.Many2many(
        comodel_name="channel.agreement",
        relation="channel_statement_agreement_rel",
        column1="statement_id",
        column2="agreement_id",
        string="Agreements",
        readonly=True,
    )
    dealer_statement_id = fields.Many2one(
        comodel_name="channel.statement",
        string="Dealer's Statement",
        readonly=True,
        index="btree_not_null",
        help="The statement out of which this sub-distributor is paid.",
    )
    sub_statement_ids = fields.One2many(
        comodel_name="channel.statement",
        inverse_name="dealer_statement_id",
        string="Sub-distributors",
        readonly=True,
    )
    line_ids = fields.One2many(
        comodel_name="channel.statement.line",
        inverse_name="statement_id",
        string="Lines",
        readonly=True,
    )

    # Known to all
    base_amount = fields.Monetary(
        string="Base", readonly=True, help="Sales that count, without tax."
    )

    # Written at approval; of a correction what it adds to earlier settlements of the period
    gross_amount = fields.Monetary(
        string="Gross", readonly=True, help="The partner's own rebate on the base."
    )
    passed_on_amount = fields.Monetary(
        string="Passed on", readonly=True, help="What the dealer's sub-distributors get out of it."
    )
    penalty_amount = fields.Monetary(
        string="Penalty", readonly=True, help="Deducted for breaches of the agreement."
    )
    compensation_amount = fields.Monetary(
        string="Compensation", readonly=True, help="Share of a penalty of whoever did the harm."
    )
    carried_in_amount = fields.Monetary(
        string="Carried in", readonly=True, help="Left to deduct from earlier settlements."
    )
    carried_out_amount = fields.Monetary(
        string="Carried out", readonly=True, help="Left to deduct from the next settlement."
    )
    net_amount = fields.Monetary(
        string="Net",
        readonly=True,
        help="What is credited, without tax; below zero: what is asked back.",
    )
    move_id = fields.Many2one(
        comodel_name="account.move", string="Document", readonly=True, copy=False
    )
    move_state = fields.Selection(related="move_id.state", string="Document Status")
    payment_state = fields.Selection(related="move_id.payment_state", string="Payment Status")

    # For holders, before approval
    expected_gross_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_passed_on_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_penalty_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_compensation_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_carried_in_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_carried_out_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_net_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)

    _one_live_statement = models.UniqueIndex(
        "(partner_id, company_id, period_id, COALESCE(number, 0)) "
        "WHERE state NOT IN ('cancelled', 'reversed')",
        "This partner has a statement for the period in another settlement already.",
    )

    _period_or_year = models.Constraint(
        "CHECK (kind IS NULL OR (kind = 'annual') = (period_id IS NULL))",
        "A year-end statement has a year, every other one a period.",
    )

    @api.model
    def _find_settled(self, partner, day, company=None, later=False):
        """Return a statement that has settled a partner's sales of a day, or nothing.

        :param company: only this company's; nothing: any company's
        :param bool later: also a statement of any period after that day
        """
        domain = [
            ("partner_id", "=", partner.id),
            ("state", "in", ("approved", "done")),
            ("period_id.date_to", ">=", day),
        ]
        if company:
            domain.append(("company_id", "=", company.id))
        if not later:
            domain.append(("period_id.date_from", "<=", day))
        # Elevated: that a period is settled is no secret, and who asks need not see statements.
        return self.sudo().search(domain, limit=1)

    @api.depends("period_id.year")
    def _compute_year(self):
        """Follow the period; a year-end statement keeps the year that it was written with."""
        for statement in self:
            statement.year = statement.period_id.year or statement.year

    @api.depends("period_id.name", "year", "kind", "number")
    @api.depends_context("lang")
    def _compute_period_name(self):
        for statement in self:
            # Elevated: whoever reads a statement may know the name of its period.
            name = statement.sudo()._get_period_name()
            if statement.number:
                name = self.env._(
                    "%(period)s, correction %(number)s", period=name, number=statement.number
                )
            statement.period_name = name

    @api.depends("settlement_id.name", "partner_id.name")
    def _compute_display_name(self):
        for statement in self:
            # Elevated: salespeople read statements, not settlements; the number is all they get.
            settlement_sudo = statement.sudo().settlement_id
            statement.display_name = f"{settlement_sudo.name} · {statement.partner_id.name}"

    @api.model
    def _search_display_name(self, operator, value):
        """Search by the number of the settlement, too, for those who may read settlements."""
        found = Domain(super()._search_display_name(operator, value))
        if not value or not self.env["channel.settlement"].has_access("read"):
            return found
        number = Domain("settlement_id.name", operator, value)
        return found & number if operator in Domain.NEGATIVE_OPERATORS else found | number

    def _get_period_name(self):
        """Return the period as partners read it, in the language of the environment."""
        self.ensure_one()
        return self.period_id.name

    @api.depends("state", "base_amount")
    @api.depends_context("uid")
    def _compute_expected(self):
        """Show final amounts once there are any, else what the sealed rates come to."""
        hidden = self.filtered(lambda statement: statement.state not in REVEALED_STATES)
        may_see = self.env["channel.rate"]._is_holder()
        accounts = hidden._settle_shown() if hidden and may_see else {}
        for statement in self:
            account = accounts.get(statement._origin.id)
            statement.is_locked = may_see and statement in hidden and not account
            for name in AMOUNTS:
                final = statement[f"{name}_amount"] if statement not in hidden else 0.0
                statement[f"expected_{name}_amount"] = (
                    float(getattr(account, name)) if account else final
                )

    def _get_totals(self):
        """Return gross, passed on, penalties and net by currency, as far as the caller may know."""
        revealed = all(statement.state in REVEALED_STATES for statement in self)
        prefix = "" if revealed else "expected_"
        return {
            currency: {
                name: sum(statements.mapped(f"{prefix}{name}_amount"))
                for name in ("gross", "passed_on", "penalty", "net")
            }
            for currency, statements in self.grouped("currency_id").items()
        }

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
