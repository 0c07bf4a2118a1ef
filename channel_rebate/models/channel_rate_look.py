from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models

# Looks of one user at one agreement, in one way, within this time count as one.
SAME_LOOK = timedelta(minutes=10)
# Where a transaction keeps what it still has to write down.
_PENDING = "channel_rebate.looks"


class ChannelRateLook(models.Model):
    """The reveal log: who looked at which agreement's sealed rates, when and how; never a value.

    Noted wherever tokens are opened (``channel.rate``) and written at the end of the transaction
    in which rates were seen. Each user has a chain of his own, so that nobody waits for another.
    """

    _name = "channel.rate.look"
    _description = "Look at Sealed Rates"
    _inherit = ["channel.chain.mixin"]
    _rec_name = "agreement_name"
    _rec_names_search = ["agreement_name", "user_login"]
    _chain_fields = ("user_id", "user_login", "agreement_key", "agreement_name", "way")

    user_id = fields.Many2one(
        comodel_name="res.users", readonly=True, index=True, ondelete="restrict"
    )
    user_login = fields.Char(string="Login", readonly=True, help="As it was at that time.")
    agreement_id = fields.Many2one(
        comodel_name="channel.agreement", readonly=True, index=True, ondelete="set null"
    )
    agreement_key = fields.Integer(
        string="Agreement's ID",
        readonly=True,
        aggregator=None,
        help="Stays when a draft agreement is deleted.",
    )
    agreement_name = fields.Char(string="Agreement's Name", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, ondelete="restrict")
    way = fields.Selection(
        selection=[
            ("rates", "Rates"),
            ("expected", "Expected amounts"),
            ("seal", "Sealing"),
            ("approve", "Approval"),
            ("accrue", "Accrual"),
        ],
        string="Seen In",
        readonly=True,
        help="Rates: the rates themselves, in lists, forms, the grid and exports. Expected "
        "amounts: what they come to before approval, also in the preview.",
    )

    # === Writing === #

    @api.model
    def _note(self, agreement_ids, way):
        """Remember that the current user sees rates of agreements; written at the end."""
        precommit = self.env.cr.precommit
        if _PENDING not in precommit.data:
            precommit.data[_PENDING] = {}
            # Elevated for writing only; whose look it is stands in the key.
            precommit.add(self.sudo()._write_noted)
        precommit.data[_PENDING].setdefault((self.env.uid, way), set()).update(agreement_ids)

    @api.model
    @contextmanager
    def _rolled_back(self):
        """Take back what the block does to the database, but not that rates were seen."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            noted = self._get_noted()
            savepoint.close()
            for (_uid, way), agreement_ids in noted.items():
                self._note(agreement_ids, way)

    @api.model
    def _get_noted(self):
        """Return the agreements that were seen and not written down yet, by user and way."""
        noted = self.env.cr.precommit.data.get(_PENDING, {})
        return {key: set(agreement_ids) for key, agreement_ids in noted.items()}

    @api.model
    def _write_noted(self):
        for (uid, way), agreement_ids in self.env.cr.precommit.data.pop(_PENDING, {}).items():
            self._write_looks(self.env["res.users"].browse(uid), way, agreement_ids)

    @api.model
    def _write_looks(self, user, way, agreement_ids):
        recent = self.search_fetch(
            [
                ("user_id", "=", user.id),
                ("way", "=", way),
                ("agreement_key", "in", list(agreement_ids)),
                ("happened_on", ">", fields.Datetime.now() - SAME_LOOK),
            ],
            ["agreement_key"],
        )
        new = sorted(agreement_ids - set(recent.mapped("agreement_key")))
        agreements = self.env["channel.agreement"].browse(new).exists()
        login = user.login
        self._append(
            [
                {
                    "chain": str(user.id),
                    "user_id": user.id,
                    "user_login": login,
                    "agreement_id": agreement.id,
                    "agreement_key": agreement.id,
                    "agreement_name": agreement.display_name,
                    "company_id": agreement.company_id.id,
                    "way": way,
                }
                for agreement in agreements
            ]
        )
