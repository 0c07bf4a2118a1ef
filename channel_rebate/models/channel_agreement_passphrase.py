from odoo import models


class ChannelAgreement(models.Model):
    """Sealing locks the rates with the passphrase of the company, if there is one.

    Without the passphrase: its public half locks. Only who seals a sub-distributor apart from his
    dealer, whose rates are locked already, has to type it.
    """

    _inherit = "channel.agreement"

    def action_seal(self):
        self._check_keeper()
        # First: with a pair that was tampered with nothing is sealed.
        Pair = self.env["channel.passphrase.pair"]
        pairs = [pair for company in self.company_id if (pair := Pair._find_pair(company))]
        result = super().action_seal()
        # Last: until here dealers and sub-distributors in one selection are compared in clear.
        if pairs:
            self.env["channel.rate"]._lock(self)
        return result
