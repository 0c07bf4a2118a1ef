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
        statements = self.statement_ids
        # Sub-distributors hang on a first version, which may have been replaced.
        subs = statements.agreement_ids._find_versions().sub_agreement_ids.filtered(
            lambda agreement: agreement.state in ("signed", "revealed")
        )
        taken_down = statements.penalty_line_ids.penalty_id
        due = self.env["channel.penalty"]._find_due(
            statements.partner_id | subs.partner_id, self.period_id
        )
        if changed := (due - taken_down) | (taken_down - due):
            return self.env._(
                "Penalties were confirmed or lifted since %(settlement)s was computed: "
                "%(partners)s. Ask the officer to compute it again.",
                settlement=self.name,
                partners=self._shorten(changed.partner_id.mapped("name")),
            )
        return None
