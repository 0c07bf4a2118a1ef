from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import HOLDERS
from ..tools.rebate import Account, settle

# States of a run in which its amounts are written down and known.
REVEALED_STATES = ("approved", "done", "reversed")


class ChannelStatement(models.Model):
    """What a settlement comes to for one partner.

    Until approval only the base is stored, which sales could know anyway; every other amount is
    NULL. Holders see what is to be expected in fields of their own, computed when looked at.
    Amounts are in the agreement's currency.
    """

    _name = "channel.statement"
    _description = "Channel Rebate Statement"
    _order = "settlement_id desc, role, partner_id, id"
    _rec_names_search = ["partner_id.name", "partner_id.ref", "settlement_id.name"]
    _check_company_auto = True

    settlement_id = fields.Many2one(
        comodel_name="channel.settlement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    state = fields.Selection(related="settlement_id.state", string="Status", store=True)
    period_id = fields.Many2one(comodel_name="channel.period", required=True, readonly=True)
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
        comodel_name="channel.statement.line", inverse_name="statement_id", readonly=True
    )

    # Known to all
    base_amount = fields.Monetary(
        string="Base", readonly=True, help="Sales that count, without tax."
    )

    # Written at approval
    gross_amount = fields.Monetary(
        string="Gross", readonly=True, help="The partner's own rebate on the base."
    )
    passed_on_amount = fields.Monetary(
        string="Passed on", readonly=True, help="What the dealer's sub-distributors get out of it."
    )
    carried_in_amount = fields.Monetary(
        string="Carried in", readonly=True, help="Left to deduct from earlier settlements."
    )
    carried_out_amount = fields.Monetary(
        string="Carried out", readonly=True, help="Left to deduct from the next settlement."
    )
    net_amount = fields.Monetary(string="Net", readonly=True, help="What is credited, without tax.")
    move_id = fields.Many2one(
        comodel_name="account.move", string="Credit Note", readonly=True, copy=False
    )
    move_state = fields.Selection(related="move_id.state", string="Credit Note Status")
    payment_state = fields.Selection(related="move_id.payment_state", string="Payment Status")

    # For holders, before approval
    expected_gross_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_passed_on_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_carried_in_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_carried_out_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)
    expected_net_amount = fields.Monetary(compute="_compute_expected", groups=HOLDERS)

    _one_live_statement = models.UniqueIndex(
        "(partner_id, company_id, period_id) WHERE state NOT IN ('cancelled', 'reversed')",
        "This partner has a statement for the period in another settlement already.",
    )

    @api.depends("settlement_id.name", "partner_id.name")
    def _compute_display_name(self):
        for statement in self:
            # Elevated: salespeople read statements, not settlements; the number is all they get.
            settlement_sudo = statement.sudo().settlement_id
            statement.display_name = f"{settlement_sudo.name} · {statement.partner_id.name}"

    @api.depends("state", "base_amount")
    @api.depends_context("uid")
    def _compute_expected(self):
        """Show final amounts once there are any, else what the sealed rates come to."""
        hidden = self.filtered(lambda statement: statement.state not in REVEALED_STATES)
        may_see = self.env["channel.rate"]._is_holder()
        accounts = hidden._settle() if hidden and may_see else {}
        for statement in self:
            account = accounts.get(statement._origin.id)
            for name in ("gross", "passed_on", "carried_in", "carried_out", "net"):
                final = statement[f"{name}_amount"] if statement not in hidden else 0.0
                statement[f"expected_{name}_amount"] = (
                    float(getattr(account, name)) if account else final
                )

    def _get_totals(self):
        """Return gross, passed on and net over all statements, as far as the caller may know."""
        revealed = all(statement.state in REVEALED_STATES for statement in self)
        prefix = "" if revealed else "expected_"
        return {
            name: sum(self.mapped(f"{prefix}{name}_amount"))
            for name in ("gross", "passed_on", "net")
        }

    # === Sums === #

    def _settle(self, secrets=None):
        """Compute the amounts of these statements from the sealed rates.

        A dealer's sub-distributors are taken along, since he pays for them.

        :param dict secrets: :class:`Secret` by agreement line id; unsealed here if not given
        :return: ``{statement id: tools.rebate.Account}``
        :raise AccessError: the caller is no holder
        """
        statements = self | self.search([("dealer_statement_id", "in", self.ids)])
        lines = statements.line_ids
        if secrets is None:
            secrets = self.env["channel.rate"]._unseal_lines(lines.agreement_line_id)
        carried = statements._get_balances()
        accounts = [
            Account(
                key=statement.id,
                dealer_key=statement.dealer_statement_id.id or None,
                raw_amounts={line.id: line._get_rebate(secrets) for line in statement.line_ids},
                carried_in=carried.get(statement.id, Decimal(0)),
            )
            for statement in statements
        ]
        unit = Decimal(str(self.currency_id[:1].rounding or 0.01))
        return {account.key: account for account in settle(accounts, unit)}

    def _get_balances(self):
        """Return what is left to deduct by statement id: the partner's running balance, ≤ 0.

        The balance is what live approved statements carried out less what they carried in, by
        partner, company and currency.
        """
        self.env["channel.statement"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT own.id, SUM(earlier.carried_out_amount - earlier.carried_in_amount)
                     FROM channel_statement AS own
                     JOIN channel_statement AS earlier
                       ON earlier.partner_id = own.partner_id
                      AND earlier.company_id = own.company_id
                      AND earlier.currency_id = own.currency_id
                      AND earlier.id != own.id
                    WHERE own.id = ANY(%s) AND earlier.state IN ('approved', 'done')
                      AND earlier.net_amount IS NOT NULL
                 GROUP BY own.id""",
                self.ids,
            )
        )
        return {statement_id: Decimal(balance) for statement_id, balance in rows}

    # === Reveal === #

    def _reveal(self):
        """Write rates and amounts down, and mark the agreements as revealed.

        :raise UserError: a seal is broken (agreement and lines are named)
        """
        agreements = self.agreement_ids
        secrets = self.env["channel.rate"]._unseal_lines(agreements.line_ids)
        self._check_seals(agreements, secrets)
        accounts = self._settle(secrets)
        # Lines first: what follows empties the cache through which they are found in one go.
        self.line_ids._write_amounts(accounts, secrets)
        self._write_amounts(accounts)
        signed = agreements.filtered(lambda agreement: agreement.state == "signed")
        signed._move_to("revealed", allowed=("signed",))

    def _check_seals(self, agreements, secrets):
        if broken := agreements._find_broken_seals(secrets):
            texts = [
                f"- {agreement.display_name}: {', '.join(names) or self.env._('the header')}"
                for agreement, names in broken
            ]
            raise UserError(
                self.env._(
                    "Rates or terms differ from what was sealed; nothing was approved. Find out "
                    "who changed the database:\n%(agreements)s",
                    agreements="\n".join(texts),
                )
            )

    def _write_amounts(self, accounts):
        rows = [accounts[statement.id] for statement in self]
        self.env.execute_query(
            SQL(
                """UPDATE channel_statement AS statement
                      SET gross_amount = data.gross, passed_on_amount = data.passed_on,
                          carried_in_amount = data.carried_in,
                          carried_out_amount = data.carried_out, net_amount = data.net
                     FROM unnest(%s::int[], %s::numeric[], %s::numeric[], %s::numeric[],
                                 %s::numeric[], %s::numeric[])
                          AS data(id, gross, passed_on, carried_in, carried_out, net)
                    WHERE statement.id = data.id
                RETURNING statement.id""",
                [account.key for account in rows],
                [account.gross for account in rows],
                [account.passed_on for account in rows],
                [account.carried_in for account in rows],
                [account.carried_out for account in rows],
                [account.net for account in rows],
            )
        )
        self.invalidate_recordset()

    # === Documents === #

    def _create_documents(self, responsible):
        """Make a credit note for each net amount; drafts, or posted if the company says so.

        Called in sudo mode. Statements that have their document already are left alone.

        :param responsible: user named on the documents of partners without a salesperson; never
            empty, since salespeople may read each other's documents without one
        """
        due = self.filtered(
            lambda statement: (
                not statement.move_id
                and statement.currency_id.compare_amounts(statement.net_amount, 0) > 0
            )
        )
        for company, statements in due.grouped("company_id").items():
            moves = (
                self.env["account.move"]
                .with_company(company)
                ._channel_trusted()
                .create([statement._prepare_move_values(responsible) for statement in statements])
            )
            moves._check_channel_documents()
            for statement, move in zip(statements, moves, strict=True):
                statement.move_id = move
            if company.channel_rebate_post_documents:
                moves.action_post()

    def _prepare_move_values(self, responsible):
        """Return the values of the credit note: one line, no rate in any text."""
        self.ensure_one()
        company = self.company_id
        journal = company.channel_rebate_journal_id
        values = {
            "move_type": "out_refund",
            "partner_id": self.partner_id.id,
            "company_id": company.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.settlement_id.date,
            "invoice_user_id": (self._get_salesperson() or responsible).id,
            "ref": self.settlement_id.name,
            "invoice_origin": self.settlement_id.name,
            "channel_statement_id": self.id,
            "invoice_line_ids": [fields.Command.create(self._prepare_move_line_values())],
        }
        return {**values, "journal_id": journal.id} if journal else values

    def _prepare_move_line_values(self):
        self.ensure_one()
        product = self.company_id.channel_rebate_product_id
        if not product:
            raise UserError(
                self.env._(
                    "%(company)s has no rebate product. Choose one in the settings of Channel.",
                    company=self.company_id.name,
                )
            )
        statement = self.with_context(lang=self.partner_id.lang)
        return {
            "product_id": product.id,
            "name": statement.env._("Rebate %(period)s", period=self.period_id.name),
            "quantity": 1.0,
            "price_unit": self.net_amount,
        }

    def _get_salesperson(self):
        self.ensure_one()
        return self.partner_id.user_id or self.dealer_statement_id.partner_id.user_id

    def _check_not_carried_further(self):
        """Refuse to take back a statement whose carry a later settlement has deducted."""
        carrying = self.filtered("carried_out_amount")
        later = (
            self.search(
                [
                    ("partner_id", "in", carrying.partner_id.ids),
                    ("company_id", "in", carrying.company_id.ids),
                    (
                        "settlement_id.approved_on",
                        ">=",
                        min(carrying.mapped("settlement_id.approved_on")),
                    ),
                    ("settlement_id", "not in", carrying.settlement_id.ids),
                    ("carried_in_amount", "<", 0),
                    ("state", "in", ("approved", "done")),
                ],
                limit=1,
            )
            if carrying
            else self.browse()
        )
        if later:
            raise UserError(
                self.env._(
                    "%(partner)s: %(settlement)s has used what was carried over. Reverse that one "
                    "first.",
                    partner=later.partner_id.name,
                    settlement=later.settlement_id.name,
                )
            )

    def _reverse_documents(self):
        """Cancel drafts and reverse what was posted (called in sudo mode)."""
        moves = self.move_id._channel_trusted()
        moves.filtered(lambda move: move.state == "draft").button_cancel()
        posted = moves.filtered(lambda move: move.state == "posted")
        today = fields.Date.context_today(self)
        posted._reverse_moves(
            [
                {
                    "date": today,
                    "invoice_date": today,
                    "ref": self.env._("Reversal of %(document)s", document=move.name),
                    "channel_statement_id": move.channel_statement_id.id,
                }
                for move in posted
            ],
            cancel=True,
        )

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
