"""The worked example in a company with a passphrase."""

from odoo.addons.channel_rebate.keyring import open_vault
from odoo.addons.channel_rebate.tools.lockbox import is_locked
from odoo.addons.channel_rebate.unlocking import unlocked

PASSPHRASE = "seven geese cross the ice"
ANOTHER = "eight swans leave the lake"


class Passphrases:
    @classmethod
    def set_passphrase(cls, company=None, role="keeper"):
        company = company or cls.company
        cls.model(role, "channel.passphrase").set_first(company.id, PASSPHRASE, PASSPHRASE)

    @classmethod
    def unlocked(cls, role="keeper", passphrase=PASSPHRASE):
        return unlocked(cls.as_role(role, cls.company), passphrase)

    @classmethod
    def step(cls, role, records, method, passphrase=PASSPHRASE):
        """Take a step as the dialog does that asks for the passphrase."""
        Passphrase = cls.model(role, "channel.passphrase")
        return Passphrase.run_step(records._name, records.ids, method, passphrase)

    def payloads(self, agreements):
        """Return what is in the tokens of agreements, as who has the first-level key reads it."""
        vault = open_vault(self.env)
        self.env.cr.execute(
            "SELECT line_id, token FROM channel_rate WHERE agreement_id = ANY(%s)", [agreements.ids]
        )
        return [
            vault.unseal(token, f"channel.rate,{line}") for line, token in self.env.cr.fetchall()
        ]

    def locked_of(self, agreements):
        """Return of which of the agreements' rates the payload is locked: a set of booleans."""
        return {is_locked(payload) for payload in self.payloads(agreements)}
