from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import HOLDERS
from ..masking import mask_arguments
from ..unlocking import unlocked
from .channel_statement import REVEALED_STATES

mask_arguments("channel.settlement", "get_amounts", "get_preview")


class ChannelSettlement(models.Model):
    """Runs of partners whose rates are locked with a passphrase."""

    _inherit = "channel.settlement"

    is_locked = fields.Boolean(
        string="Locked",
        compute="_compute_is_locked",
        groups=HOLDERS,
        help="Amounts are locked with the passphrase until the settlement is approved.",
    )

    @api.depends("statement_ids.state")
    @api.depends_context("uid")
    def _compute_is_locked(self):
        """Ask one statement of each run whose rates are locked: it tells for the others."""
        self.is_locked = False
        for statement in self._find_locked_statements():
            statement.settlement_id.is_locked |= statement.is_locked

    def _find_locked_statements(self):
        """Return a statement for each run that has one with locked rates, unless revealed."""
        self.env["channel.statement"].flush_model(["agreement_ids", "settlement_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (statement.settlement_id) statement.id
                     FROM channel_statement AS statement
                     JOIN channel_statement_agreement_rel AS rel
                       ON rel.statement_id = statement.id
                     JOIN channel_rate AS rate ON rate.agreement_id = rel.agreement_id AND %s
                    WHERE statement.settlement_id = ANY(%s) AND statement.state != ALL(%s)""",
                self.env["channel.rate"]._locked(),
                self.ids,
                list(REVEALED_STATES),
            )
        )
        return self.env["channel.statement"].browse(row_id for (row_id,) in rows)

    @api.model
    def get_preview(self, period_id=False, passphrase=""):
        """Return the preview; without the passphrase that it needs, ``is_locked`` and no rows.

        :param str passphrase: for this call alone
        :raise UserError: it is wrong
        """
        self._check_holder()
        if not passphrase:
            return super().get_preview(period_id)
        period = self.env["channel.period"].search([("id", "=", period_id)])
        with unlocked(period.company_id or self.env.company, passphrase):
            return super().get_preview(period_id)

    def action_show_amounts(self):
        """Open the page that shows what a computed run comes to, and asks for the passphrase."""
        self.ensure_one()
        self._check_holder()
        return {
            "type": "ir.actions.client",
            "tag": "channel_rebate.settlement_preview",
            "name": self.env._("Amounts of %(settlement)s", settlement=self.name),
            "params": {"settlement_id": self.id},
        }

    def get_amounts(self, passphrase=""):
        """Return what :meth:`get_preview` does for this run, as it was computed.

        :param str passphrase: for this call alone
        :raise AccessError: the caller is no holder
        :raise UserError: it is wrong
        """
        self.ensure_one()
        self._check_holder()
        self.check_access("read")
        if not passphrase:
            return self._prepare_amounts()
        with unlocked(self.company_id, passphrase):
            return self._prepare_amounts()

    def _prepare_amounts(self):
        rows = self.statement_ids._prepare_preview_rows()
        return {
            "periods": [],
            "period_id": self.period_id.id,
            "not_signed": 0,
            "settled": 0,
            **self._prepare_preview_amounts(rows),
        }

    @api.model
    def _prepare_preview_amounts(self, rows):
        """Return rows and totals; of a run of which one partner is locked, neither."""
        is_locked = any(row.pop("is_locked") for row in rows)
        rows = [] if is_locked else rows
        return {"rows": rows, "totals": self._sum_preview(rows), "is_locked": is_locked}

    # === Export === #

    def action_export(self):
        action = super().action_export()
        self._check_exportable()
        return action

    def _prepare_export(self):
        self._check_holder()
        self._check_exportable()
        return super()._prepare_export()

    def _check_exportable(self):
        """Refuse a file without amounts: the browser would fetch it in a step of its own."""
        if self.is_locked:
            raise UserError(
                self.env._(
                    "The amounts of %(settlement)s are locked with the passphrase until it is "
                    "approved, and not exported before. “Show Amounts” shows them.",
                    settlement=self.name,
                )
            )
