from operator import itemgetter
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL, groupby

from ..tools import seal
from ..tools.terms import still_says

# What headers mean that were sealed before there was a word for it.
UNSAID = {"basis": "invoiced"}


class OpenedSeal(NamedTuple):
    """What the lines of an agreement say with their rates, in the order of the seal.

    :param hashes: what each commits to today; empty if it has no rate any more, or is no longer
        what its sealed text says
    :param changed: ids of the lines that commit to something else than when they were sealed
    :param proofs: of each line ``"id":[salt, rates]`` as JSON text
    """

    hashes: list
    changed: list
    proofs: list

    # It holds rates: no log and no traceback shows it.
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
            header, own = agreement.seal_header or "", opened[agreement.id]
            if (
                own.changed
                or seal.fingerprint(header, own.hashes) != agreement.fingerprint
                or not seal.says(header, agreement._prepare_lasting_header(), UNSAID)
            ):
                lines = self.env["channel.agreement.line"].browse(own.changed)
                broken.append((agreement, lines.mapped("display_name")))
        return broken

    def _open_seals(self, secrets):
        """Return what the lines commit to: ``{agreement id: OpenedSeal}``.

        :param dict secrets: :class:`Secret` by line id
        """
        opened = {agreement_id: OpenedSeal([], [], []) for agreement_id in self.ids}
        texts = {}
        for agreement_id, rows in groupby(self._read_sealed_lines(), itemgetter(0)):
            hashes, changed, proofs = opened[agreement_id]
            for _id, line_id, sealed_hash, terms, applied_on, target_id, measure, mode in rows:
                own_hash, salt, rates = "", "", "[]"
                secret = secrets.get(line_id)
                if secret and still_says(terms, line_id, applied_on, target_id, measure, mode):
                    # Many have the same object: see tools.vault.unpack.
                    brackets = secret.brackets
                    rates = texts.get(id(brackets))
                    if rates is None:
                        rates = texts[id(brackets)] = seal.rates_text(brackets)
                    own_hash = seal.line_hash(secret.salt, seal.line_text(terms, rates))
                    salt = secret.salt.hex()
                hashes.append(own_hash)
                proofs.append(f'"{line_id}":["{salt}",{rates}]')
                if own_hash != sealed_hash:
                    changed.append(line_id)
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
