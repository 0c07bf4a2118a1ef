from odoo import api, fields, models
from odoo.tools import SQL

# What tools/verify_seal.py reads.
FORMAT = "channel_rebate/register/1"
# The last entries that an agreement in a state may have.
LAST_EVENTS = {
    "sealed": ("sealed", "earlier", "unsigned"),
    "signed": ("signed", "earlier"),
    "revealed": ("revealed", "earlier"),
}


class ChannelSeal(models.Model):
    """The register of seals: every fingerprint that was ever given away, and what became of it.

    Each company has a chain of its own. A seal that is dropped or replaced in the database shows:
    the chain breaks, or agreement and register differ.
    """

    _name = "channel.seal"
    _description = "Seal Register"
    _inherit = ["channel.chain.mixin"]
    _rec_name = "agreement_name"
    _rec_names_search = ["agreement_name", "fingerprint"]
    _chain_fields = (
        "event",
        "fingerprint",
        "agreement_key",
        "agreement_name",
        "partner_name",
        "period_name",
        "version",
        "date_from",
        "sealed_on",
        "user_login",
    )

    event = fields.Selection(
        selection=[
            ("sealed", "Sealed"),
            ("signed", "Signed"),
            ("unsigned", "Signature undone"),
            ("cancelled", "Cancelled"),
            ("revealed", "Revealed"),
            ("earlier", "Sealed earlier"),
        ],
        readonly=True,
        help="Sealed earlier: before there was a register; entered when the add-on was updated.",
    )
    fingerprint = fields.Char(readonly=True, index="btree")
    agreement_id = fields.Many2one(
        comodel_name="channel.agreement", readonly=True, index=True, ondelete="set null"
    )
    agreement_key = fields.Integer(
        string="Agreement's ID", readonly=True, index=True, aggregator=None
    )
    agreement_name = fields.Char(string="Agreement's Name", readonly=True)
    partner_name = fields.Char(string="Partner", readonly=True, help="As it was at that time.")
    period_name = fields.Char(string="Period", readonly=True)
    version = fields.Integer(readonly=True, aggregator=None)
    date_from = fields.Date(string="From", readonly=True)
    sealed_on = fields.Datetime(readonly=True)
    user_login = fields.Char(string="By", readonly=True, help="Login of the user who did it.")
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, ondelete="restrict")

    # === Adding === #

    @api.model
    def _enter(self, agreements, event):
        """Enter what happened to agreements, in one statement however many there are.

        :param agreements: sealed ones, as they are after the event
        :param str event: a value of ``event``
        """
        login = self.env.user.login
        self._append(
            [
                {
                    "chain": str(agreement.company_id.id),
                    "event": event,
                    "fingerprint": agreement.fingerprint,
                    "agreement_id": agreement.id,
                    "agreement_key": agreement.id,
                    "agreement_name": agreement.display_name,
                    "partner_name": agreement.partner_id.name,
                    "period_name": agreement.period_id.name,
                    "version": agreement.version,
                    "date_from": agreement.date_from,
                    "sealed_on": agreement.sealed_on,
                    "user_login": login,
                    "company_id": agreement.company_id.id,
                }
                for agreement in agreements
            ]
        )

    @api.model
    def _register_earlier(self):
        """Enter the agreements that were sealed before there was a register."""
        known = self.env.execute_query(SQL("SELECT DISTINCT agreement_key FROM channel_seal"))
        agreements = self.env["channel.agreement"].search(
            [("state", "in", list(LAST_EVENTS)), ("id", "not in", [row[0] for row in known])],
            order="company_id, sealed_on, id",
        )
        self._enter(agreements, "earlier")

    # === Exporting === #

    def action_export(self):
        """Send the register of the current company as a file for ``tools/verify_seal.py``."""
        self.check_access("read")
        url = f"/channel_rebate/register/{self.env.company.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    @api.model
    def _prepare_register(self, company):
        """Return the register of a company as JSON values, each entry as it was hashed."""
        names = SQL(", ").join(map(SQL.identifier, ("happened_on", *self._chain_fields)))
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT chain, number, %s, entry_hash FROM channel_seal
                    WHERE chain = %s ORDER BY number""",
                names,
                str(company.id),
            )
        )
        return {
            "format": FORMAT,
            "company": company.name,
            "chain": str(company.id),
            "entries": [
                {"says": self._prepare_chained(row), "hash": row["entry_hash"]} for row in rows
            ],
        }
