from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ..tools import seal
from ..tools.terms import still_says

# What headers mean that were sealed before there was a word for it.
UNSAID = {"basis": "invoiced"}


class OpenedLine(NamedTuple):
    """A sealed line with its rate; there may be a hundred thousand in a run.

    :param id: the agreement line's id
    :param sealed_hash: what it committed to when it was sealed
    :param hash: what it commits to today; empty if it has no rate any more, or is no longer what
        its sealed text says
    :param salt: 64 hexadecimal digits
    :param rates: canonical text of its rates
    """

    id: int
    sealed_hash: str
    hash: str = ""
    salt: str = ""
    rates: str = "[]"

    # It holds a rate: no log and no traceback shows it.
    __repr__ = object.__repr__


class ChannelAgreement(models.Model):
    """Whether seals still hold: rates and terms, as they are now, give the fingerprint."""

    _inherit = "channel.agreement"

    def _find_broken_seals(self, secrets):
        """Return ``[(agreement, names)]`` of the seals that the rates do not reproduce.

        :param dict secrets: :class:`Secret` by line id
        """
        return self._compare_seals(self._open_seals(secrets))

    def _compare_seals(self, opened):
        """Return ``[(agreement, names)]`` of the seals that do not hold.

        ``names`` tells the lines whose rate, salt, terms or commitment differ from what was
        sealed; empty if the header or the list of lines does.

        :param dict opened: of :meth:`_open_seals`
        """
        broken = []
        for agreement in self:
            header, lines = agreement.seal_header or "", opened[agreement.id]
            changed = [line.id for line in lines if line.hash != line.sealed_hash]
            if (
                changed
                or seal.fingerprint(header, [line.hash for line in lines]) != agreement.fingerprint
                or not seal.says(header, agreement._prepare_lasting_header(), UNSAID)
            ):
                names = self.env["channel.agreement.line"].browse(changed).mapped("display_name")
                broken.append((agreement, names))
        return broken

    def _open_seals(self, secrets):
        """Return what the lines commit to, in their order: ``{agreement id: [OpenedLine]}``.

        :param dict secrets: :class:`Secret` by line id
        """
        opened = {agreement_id: [] for agreement_id in self.ids}
        for agreement_id, line_id, sealed_hash, terms, *today in self._read_sealed_lines():
            secret, said = secrets.get(line_id), ()
            if secret and still_says(terms, line_id, *today):
                rates = seal.rates_text(secret.brackets)
                own_hash = seal.line_hash(secret.salt, seal.line_text(terms, rates))
                said = own_hash, secret.salt.hex(), rates
            opened[agreement_id].append(OpenedLine(line_id, sealed_hash, *said))
        return opened

    def _read_sealed_lines(self):
        """Return the lines as plain rows, in the order of the seal.

        Agreement, line, hash, sealed text, and what :func:`still_says` takes besides.
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
