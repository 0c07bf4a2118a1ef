from odoo import models


class ChannelPeriod(models.Model):
    """What has changed in a period since it was settled."""

    _inherit = "channel.period"

    def _find_open_corrections(self):
        """Return the supplementary settlements that are not approved yet, one a period."""
        return self.env["channel.settlement"].search(
            [
                ("period_id", "in", self.ids),
                ("kind", "=", "supplementary"),
                ("state", "in", ("draft", "computed")),
            ]
        )

    def _get_settled_agreements(self, dealers=None):
        """Return the agreements, all versions, of settled dealers and their sub-distributors.

        A sub-distributor's are among them once they are signed, settled or not. A dealer who is
        not settled yet, and all of his, are left to a periodic settlement.

        :param dealers: only these, if any are given
        """
        Agreement = self.env["channel.agreement"]
        settled = self.env["channel.statement"]._search(
            [("period_id", "in", self.ids), ("state", "in", ("approved", "done"))]
        )
        signed = [("period_id", "in", self.ids), ("state", "in", ("signed", "revealed"))]
        of_dealers = Agreement.search(
            [
                *signed,
                ("role", "=", "dealer"),
                ("partner_id", "in", settled.subselect("partner_id")),
                *([("partner_id", "in", dealers.ids)] if dealers else []),
            ]
        )
        of_subs = Agreement.search([*signed, ("dealer_agreement_id", "in", of_dealers.ids)])
        return (of_dealers | of_subs)._without_replaced()
