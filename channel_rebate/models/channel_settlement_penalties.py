from odoo import models
from odoo.tools import SQL


class ChannelSettlement(models.Model):
    """Penalties in a run: taken down when it is computed, compared when it is approved."""

    _inherit = "channel.settlement"

    def _compute_statements(self):
        result = super()._compute_statements()
        if self._has_penalties():
            self.statement_ids._write_penalties()
        return result

    def _get_penalty_error_message(self):
        """Return which penalties were decided since the run was computed, or nothing.

        Also those of the dealers' sub-distributors who are not in the run: they would be.
        """
        self.ensure_one()
        if not self._has_penalties():
            return None
        statements = self.statement_ids
        # Sub-distributors hang on a first version, which may have been replaced.
        subs = statements.agreement_ids._find_versions().sub_agreement_ids.filtered(
            lambda agreement: agreement.state in ("signed", "revealed")
        )
        left_out = self.env["channel.penalty"]._find_due(
            subs.partner_id - statements.partner_id, self.period_id
        )
        partners = left_out.partner_id | statements._find_other_penalties().partner_id
        if not partners:
            return None
        return self.env._(
            "Penalties were confirmed or lifted since %(settlement)s was computed: "
            "%(partners)s. Ask the officer to compute it again.",
            settlement=self.name,
            partners=self._shorten(partners.mapped("name")),
        )

    def _has_penalties(self):
        """Tell whether there are any in the period or in the run, of whomever: most have none."""
        self.ensure_one()
        lines = ("channel.statement.penalty", "channel.statement.compensation")
        for name in ("channel.penalty", "channel.statement", *lines):
            self.env[name].flush_model()
        of_period = SQL(
            "SELECT FROM channel_penalty WHERE period_id = %s", self.period_id.id or None
        )
        of_run = [
            SQL(
                """SELECT FROM %s AS line
                     JOIN channel_statement AS own ON own.id = line.statement_id
                    WHERE own.settlement_id = %s""",
                SQL.identifier(self.env[name]._table),
                self.id,
            )
            for name in lines
        ]
        exist = SQL(" OR ").join(SQL("EXISTS (%s)", query) for query in (of_period, *of_run))
        return self.env.execute_query(SQL("SELECT %s", exist))[0][0]

    def action_reverse(self):  # pylint: disable=missing-return
        """Not while a dealer has got his share of what it has withheld."""
        self.statement_ids._check_not_shared()
        super().action_reverse()
