from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .channel_seal import LAST_EVENTS

# As many findings as a message lists; the rest is counted.
MAX_FINDINGS = 20


class ChannelSeal(models.Model):
    """Is the register whole, and does it say the same as the agreements?"""

    _inherit = "channel.seal"

    def action_check(self):
        """Tell the one who asks what differs in the registers of his companies.

        :raise UserError: naming entries and agreements
        """
        self.check_access("read")
        if findings := self._find_differences(self.env.companies):
            raise UserError(
                self.env._(
                    "Seals were changed in the database. Compare with the signed papers, an "
                    "exported register or a backup, and find out who has access to the "
                    "database:\n%(findings)s",
                    findings=self._list_findings(findings),
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Nothing was changed"),
                "message": self.env._(
                    "All entries follow each other, and each sealed agreement has the fingerprint "
                    "that is registered for it."
                ),
                "type": "success",
            },
        }

    @api.model
    def _list_findings(self, findings):
        texts = [f"- {text}" for text in findings[:MAX_FINDINGS]]
        if len(findings) > MAX_FINDINGS:
            texts.append(self.env._("… and %(count)s more", count=len(findings) - MAX_FINDINGS))
        return "\n".join(texts)

    @api.model
    def _find_differences(self, companies):
        """Return texts on what is wrong in the registers of some companies."""
        # Elevated: whoever reads a register may know whether it is whole.
        register_sudo = self.sudo()
        breaks = register_sudo._explain_breaks(companies)
        return breaks + register_sudo._compare(companies)

    @api.model
    def _explain_breaks(self, companies):
        names = {str(company.id): company.name for company in companies}
        return [
            self.env._(
                "%(company)s, entry %(number)s: %(agreement)s: this entry was changed, or one "
                "before it dropped or put in",
                company=names[chain],
                number=number,
                agreement=self.search(
                    [("chain", "=", chain), ("number", "=", number)], limit=1
                ).agreement_name,
            )
            for chain, number in self._find_chain_breaks()
            if chain in names
        ]

    @api.model
    def _compare(self, companies):
        """Return texts on agreements whose state or fingerprint the register does not have."""
        agreements = self.env["channel.agreement"].search(
            [("company_id", "in", companies.ids), ("state", "in", list(LAST_EVENTS))]
        )
        agreements.invalidate_recordset(["state", "fingerprint"])
        entries = self._find_latest(SQL("entry.chain = ANY(%s)", list(map(str, companies.ids))))
        texts = [
            self._explain_difference(agreement, entries.pop(agreement._get_register_key(), None))
            for agreement in agreements
        ]
        texts += [
            self.env._(
                "entry %(number)s: %(agreement)s is registered and not sealed any more",
                number=entry["number"],
                agreement=entry["agreement_name"],
            )
            for entry in entries.values()
            if entry["event"] != "cancelled"
        ]
        return [text for text in texts if text]

    @api.model
    def _explain_difference(self, agreement, entry):
        """Return how a sealed agreement and its latest entry differ, or nothing.

        :param dict entry: of :meth:`_find_latest`, or nothing
        """
        if not entry or not entry["sealed_number"]:
            return self.env._(
                "%(agreement)s is sealed and not registered", agreement=agreement.display_name
            )
        if entry["fingerprint"] != agreement.fingerprint:
            return self.env._(
                "%(agreement)s has another fingerprint than entry %(number)s",
                agreement=agreement.display_name,
                number=entry["sealed_number"],
            )
        if entry["event"] not in LAST_EVENTS.get(agreement.state, ()):
            return self.env._(
                "%(agreement)s is in another state than entry %(number)s says",
                agreement=agreement.display_name,
                number=entry["number"],
            )
        return None

    @api.model
    def _find_latest(self, condition):
        """Return what was registered last, by chain and id of the agreement.

        :return: dictionaries of ``fingerprint``, ``sealed_number`` and ``sealed_hash``, of the
            entry of the sealing, and ``number``, ``event`` and ``agreement_name`` of the last one
        """
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT DISTINCT ON (entry.chain, entry.agreement_key)
                       entry.chain, entry.agreement_key, entry.agreement_name,
                       entry.number, entry.event,
                       sealed.fingerprint, sealed.number AS sealed_number,
                       sealed.entry_hash AS sealed_hash
                  FROM channel_seal AS entry
             LEFT JOIN channel_seal AS sealed
                    ON sealed.agreement_key = entry.agreement_key
                   AND sealed.chain = entry.chain
                   AND sealed.event IN ('sealed', 'earlier')
                 WHERE %s
              ORDER BY entry.chain, entry.agreement_key, entry.number DESC, sealed.number DESC
                """,
                condition,
            )
        )
        return {(row["chain"], row["agreement_key"]): row for row in rows}
