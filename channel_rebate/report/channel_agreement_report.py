import json
from datetime import date

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import get_lang

from ..models.channel_agreement_checking import UNSAID
from ..models.channel_agreement_version import SEALED_STATES
from ..tools.paper import count_lines, paginate
from ..tools.terms import UNSAID_TERMS
from .paper_style import get_style
from .qr_code import make_qr_code

# As many names as a message lists; the rest is counted.
MAX_NAMES = 20

# Heights in pixels of the style sheets, tried with A4. A reserve is left, as fonts differ.
LINE = 20
SMALL_LINE = 16
SHEET = 1140  # below the band, with a table's head and "continued"
HEAD = 300  # letterhead, facts and parties, and what is agreed
ROW = 9  # borders and padding of a row
TAIL = 480  # what the words mean, the seal, and the places to sign
# Latin letters in a line of a code and of a product.
CODE_WIDTH = 12
PRODUCT_WIDTH = 38
# Digits of a fingerprint that stand together, and those that each sheet repeats.
GROUP = 8
SHORT = 2 * GROUP


class ReportAgreement(models.AbstractModel):
    """The paper that both sides sign: the terms in clear, and a black box for each rate.

    It is made of the sealed texts only, which never change, so that it comes out the same whenever
    it is printed; and never of a rate, not even when that is revealed. Whoever may read the
    agreement may print it.
    """

    _name = "report.channel_rebate.report_agreement"
    _description = "Printed Rebate Agreement"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template needs; nothing that clients send along counts.

        :raise UserError: if there is nothing to print, or an agreement is not sealed
        """
        agreements = self.env["channel.agreement"].browse(docids)
        if not agreements:
            raise UserError(
                self.env._("There is no agreement to print: choose one in the list first.")
            )
        agreements.check_access("read")
        self._check_sealed(agreements)
        return {
            "doc_ids": agreements.ids,
            "doc_model": agreements._name,
            "docs": agreements,
            "papers": [self._prepare_paper(agreement) for agreement in agreements],
            "style": get_style("agreement"),
        }

    @api.model
    def _check_sealed(self, agreements):
        unsealed = agreements.filtered(lambda record: record.state not in SEALED_STATES)
        if not unsealed:
            return
        states = dict(unsealed._fields["state"]._description_selection(self.env))
        names = [f"{record.display_name}: {states[record.state]}" for record in unsealed]
        if len(names) > MAX_NAMES:
            more = self.env._("… and %(count)s more", count=len(names) - MAX_NAMES)
            names = [*names[:MAX_NAMES], more]
        raise UserError(
            self.env._(
                "An agreement is printed once it is sealed, and not if it is cancelled. Seal these "
                "first, or leave them out:\n%(agreements)s",
                agreements="\n".join(f"- {name}" for name in names),
            )
        )

    @api.model
    def _prepare_paper(self, agreement):
        """Return one agreement in its partner's language, shared out over sheets."""
        # Elevated: for nothing but the language.
        lang = get_lang(self.env, agreement.sudo().partner_id.lang).code
        agreement = agreement.with_context(lang=lang)
        lines = agreement.line_ids.sorted(lambda line: (line.sequence, line.id))
        rows = [self._prepare_row(number, line) for number, line in enumerate(lines, 1)]
        sheets = paginate([row["height"] for row in rows], capacity=SHEET, head=HEAD, tail=TAIL)
        return {
            "lang": lang,
            "agreement": agreement,
            **self._prepare_head(agreement),
            **self._prepare_seal(agreement),
            "has_tiers": any(row["has_tiers"] for row in rows),
            "sheets": [[rows[position] for position in sheet] for sheet in sheets],
        }

    @api.model
    def _prepare_head(self, agreement):
        """Return what the sealed header says, in words."""
        header = {**UNSAID, **json.loads(agreement.seal_header)}
        env = agreement.env
        return {
            "header": header,
            "first": format_date(env, date.fromisoformat(header["from"])),
            "last": format_date(env, date.fromisoformat(header["to"])),
            "role": self._put_in_words(agreement, "role", header["role"]),
            "basis": self._put_in_words(agreement, "basis", header["basis"]),
            # Not said by old headers.
            "sealed_by": header.get("sealed_by") or agreement.sudo().sealed_by_id.name,
            # In nobody's time zone, so that it is the same whoever prints.
            "sealed_on": format_datetime(env, agreement.sealed_on, tz="UTC"),
        }

    @api.model
    def _prepare_seal(self, agreement):
        digits = agreement.fingerprint
        groups = [digits[start : start + GROUP] for start in range(0, len(digits), GROUP)]
        # In ASCII, which every reader shows, and by itself: a picture of it may be all one has.
        text = (
            f"Sealed rebate agreement {agreement.id}, version {agreement.version}\n"
            f"SHA-256 fingerprint of its seal:\n{digits}"
        )
        return {
            "fingerprint": " ".join(groups),
            "short": " ".join(groups[: SHORT // GROUP]),
            "qr_code": make_qr_code(text),
            "signed_on": agreement.signature and format_date(agreement.env, agreement.signed_on),
        }

    @api.model
    def _prepare_row(self, number, line):
        """Return what the sealed text of a line says, in words."""
        terms = {**UNSAID_TERMS, **json.loads(line.sealed_terms)}
        name = terms.get("local_name") or terms["name"]
        if terms["applied_on"] == "all":
            name = line.env._("All Products")
        lines = max(count_lines(name, PRODUCT_WIDTH), count_lines(terms["code"], CODE_WIDTH))
        return {
            "number": number,
            "code": terms["code"],
            "name": name,
            "is_category": terms["applied_on"] == "category",
            "measure": self._put_in_words(line, "measure", terms["measure"]),
            "tiers": self._put_in_words(line, "tier_mode", terms["tier_mode"]),
            "has_tiers": terms["tier_mode"] != UNSAID_TERMS["tier_mode"],
            "hash": line.line_hash,
            "height": ROW + LINE * lines + SMALL_LINE,
        }

    @api.model
    def _put_in_words(self, record, name, key):
        return dict(record._fields[name]._description_selection(record.env)).get(key, key)
