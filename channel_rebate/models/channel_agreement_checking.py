from odoo import models
from odoo.tools import SQL

from ..tools import seal
from .channel_agreement_line import UNSAID_TERMS, make_lasting_terms

# What headers mean that were sealed before there was a word for it.
UNSAID = {"basis": "invoiced"}


class ChannelAgreement(models.Model):
    """Whether seals still hold: rates and terms, as they are now, give the fingerprint."""

    _inherit = "channel.agreement"

    def _find_broken_seals(self, secrets):
        """Return ``[(agreement, names)]`` of the seals that the rates do not reproduce.

        ``names`` tells the lines whose rate, salt, terms or commitment differ from what was
        sealed; empty if the header or the list of lines does.

        :param dict secrets: :class:`Secret` by line id
        """
        hashes, differing = self._hash_lines(secrets)
        broken = []
        for agreement in self:
            header, own = agreement.seal_header or "", hashes[agreement.id]
            changed = differing[agreement.id]
            if (
                changed
                or seal.fingerprint(header, own) != agreement.fingerprint
                or not seal.says(header, agreement._prepare_lasting_header(), UNSAID)
            ):
                names = self.env["channel.agreement.line"].browse(changed).mapped("display_name")
                broken.append((agreement, names))
        return broken

    def _hash_lines(self, secrets):
        """Return what the lines commit to today, and which of them were sealed otherwise.

        A line that has no rate any more, or is no longer what its sealed text says, commits to
        nothing.

        :param dict secrets: :class:`Secret` by line id
        :return: ``{agreement id: [hash]}`` in the order of the lines, and the ids of those that
            differ: ``{agreement id: [line id]}``
        """
        hashes, differing = ({agreement_id: [] for agreement_id in self.ids} for _each in "12")
        for agreement_id, line_id, sealed_hash, terms, *today in self._read_sealed_lines():
            secret, own = secrets.get(line_id), ""
            if secret and seal.says(terms, make_lasting_terms(line_id, *today), UNSAID_TERMS):
                own = seal.line_hash(secret.salt, seal.line_text(terms, secret.brackets))
            hashes[agreement_id].append(own)
            if own != sealed_hash:
                differing[agreement_id].append(line_id)
        return hashes, differing

    def _read_sealed_lines(self):
        """Return the lines as plain rows, in the order of the seal: there may be thousands.

        Agreement, line, hash, sealed text, and what :func:`make_lasting_terms` takes.
        """
        self.env["channel.agreement.line"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT agreement_id, id, line_hash, sealed_terms, applied_on,
                          CASE applied_on WHEN 'product' THEN product_id
                                          WHEN 'template' THEN product_tmpl_id
                                          WHEN 'category' THEN categ_id END,
                          measure, tier_mode
                     FROM channel_agreement_line
                    WHERE agreement_id = ANY(%s)
                 ORDER BY agreement_id, sequence, id""",
                self.ids,
            )
        )
