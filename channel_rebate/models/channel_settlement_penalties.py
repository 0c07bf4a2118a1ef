from odoo import models


class ChannelSettlement(models.Model):
    """Penalties in a run: taken down when it is computed, compared when it is approved."""

    _inherit = "channel.settlement"

    def _compute_statements(self):
        result = super()._compute_statements()
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
        domains = {
            "channel.penalty": [("period_id", "in", self.period_id.ids)],
            "channel.statement.penalty": [("statement_id.settlement_id", "=", self.id)],
            "channel.statement.compensation": [("statement_id.settlement_id", "=", self.id)],
        }
        return any(self.env[name].search(domain, limit=1) for name, domain in domains.items())

    def action_reverse(self):  # pylint: disable=missing-return
        """Not while a dealer has got his share of what it has withheld."""
        self.statement_ids._check_not_shared()
        super().action_reverse()
