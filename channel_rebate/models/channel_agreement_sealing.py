from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import KEEPER
from ..tools import seal
from ..tools.tiers import find_problem

# As many problems as a message lists; the rest is counted.
MAX_PROBLEMS = 20


class ChannelAgreement(models.Model):
    """The life of an agreement: sealing and cancelling."""

    _inherit = "channel.agreement"

    def action_seal(self):
        """Freeze lines and rates and write down the fingerprints, for many at once.

        Dealers come first, so that one selection may hold a dealer and his sub-distributors.

        :raise UserError: naming every agreement that can't be sealed, and why; none is sealed then
        """
        self._check_keeper()
        dealers = self.filtered(lambda agreement: agreement.role == "dealer")
        for agreements in (dealers, self - dealers):
            if agreements:
                agreements._seal()
        # Last: a sub-distributor's new version may be sealed together with his dealer's.
        self._raise_problems(dealers._find_problems_of_subs())

    def action_cancel(self):
        """Take back what is not signed yet; a dealer's needs his sub-distributors' gone first."""
        self._check_keeper()
        live = (self.sub_agreement_ids - self).filtered(lambda sub: sub.state != "cancelled")
        if live:
            raise UserError(
                self.env._(
                    "Cancel the agreements of the dealer's sub-distributors first: %(agreements)s.",
                    agreements=", ".join(live.mapped("display_name")),
                )
            )
        self._check_last_versions()
        sealed = self.filtered(lambda record: record.state == "sealed" and record.version > 1)
        self._move_to("cancelled", allowed=("draft", "sealed"))
        # The version before a cancelled one applies on its days again.
        if problems := sealed._find_affected_subs()._find_rate_problems({}):
            raise UserError(
                self.env._(
                    "Nothing was cancelled:\n%(problems)s", problems=self._list_problems(problems)
                )
            )

    def _lock_draft(self):
        """Check that lines and rates may change, so that nobody can seal them meanwhile."""
        self._touch()
        self._check_draft()

    def _check_draft(self):
        if sealed := self.filtered(lambda agreement: agreement.state != "draft"):
            raise UserError(
                self.env._(
                    "%(agreements)s is sealed: lines and rates can't change any more. Cancel it "
                    "and make a new one, as long as it is not signed.",
                    agreements=", ".join(sealed.mapped("display_name")),
                )
            )

    def _check_keeper(self):
        if not self.env.user.has_group(KEEPER):
            raise AccessError(self.env._("Only a rate keeper may do this."))

    def _seal(self):
        # A dealer's agreement may be younger than his sub-distributor's.
        self.env.add_to_compute(self._fields["dealer_agreement_id"], self)
        self._follow_dealer_currency()
        self._move_to("sealed", allowed=("draft",))
        self.period_id._check_open()
        self._check_date_from()
        lines = self.line_ids.sorted(lambda line: (line.agreement_id.id, line.sequence, line.id))
        secrets = self.env["channel.rate"]._unseal_lines(lines, way="seal")
        self._raise_problems(self._find_seal_problems(secrets))
        lines._freeze(secrets)
        self._write_seals()
        self._mark_sealed_late()

    def _write_seals(self):
        """Write headers and fingerprints in one statement, however many agreements there are."""
        headers = [seal.canonical(agreement._prepare_seal_header()) for agreement in self]
        fingerprints = [
            seal.fingerprint(header, agreement._ordered_hashes())
            for agreement, header in zip(self, headers, strict=True)
        ]
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                """UPDATE channel_agreement AS agreement
                      SET seal_header = data.header, fingerprint = data.fingerprint,
                          sealed_on = %s, sealed_by_id = %s
                     FROM unnest(%s::int[], %s::text[], %s::text[]) AS data(id, header, fingerprint)
                    WHERE agreement.id = data.id
                RETURNING agreement.id""",
                fields.Datetime.now(),
                self.env.uid,
                self.ids,
                headers,
                fingerprints,
            )
        )
        self.invalidate_recordset(["seal_header", "fingerprint", "sealed_on", "sealed_by_id"])

    def _ordered_hashes(self):
        lines = self.line_ids.sorted(lambda line: (line.sequence, line.id))
        return lines.mapped("line_hash")

    def _prepare_lasting_header(self):
        """Return what the seal says of the agreement and what can't change while it holds."""
        self.ensure_one()
        return {
            "agreement": self.id,
            "version": self.version,
            "partner": self.partner_id.id,
            "role": self.role,
            "dealer_agreement": self.dealer_agreement_id.id,
            "from": self.date_from.isoformat(),
            "to": self.date_to.isoformat(),
            "currency": self.currency_id.name,
            "basis": self.basis,
        }

    def _prepare_seal_header(self):
        """Return what the seal says of the whole agreement, with names as they are now."""
        self.ensure_one()
        return {
            **self._prepare_lasting_header(),
            "company": self.company_id.name,
            "period": self.period_id.name,
            "partner_name": self.partner_id.name,
            "partner_ref": self.partner_id.ref or "",
            "partner_vat": self.partner_id.vat or "",
            "dealer_name": self.dealer_agreement_id.partner_id.name or "",
            "sealed_by": self.env.user.name,
        }

    def _find_seal_problems(self, secrets):
        """Return why agreements can't be sealed, as ``[(agreement, text)]``; texts hold no rate.

        :param dict secrets: :class:`Secret` by line id, of these agreements
        """
        problems, ready = [], self.browse()
        for agreement in self:
            if agreement.version > 1 and (text := agreement._settled_error_message()):
                problems.append((agreement, text))
            if not agreement.line_ids:
                problems.append((agreement, self.env._("it covers nothing; add lines")))
            if blank := agreement.line_ids.filtered(lambda line: line.id not in secrets):
                names = ", ".join(blank.mapped("display_name"))
                problems.append((agreement, self.env._("no rate for %(lines)s", lines=names)))
            elif misfits := agreement._find_misfits(secrets):
                problems += [(agreement, text) for text in misfits]
            elif agreement.role == "sub_distributor":
                if text := agreement._find_dealer_problem():
                    problems.append((agreement, text))
                else:
                    ready |= agreement
        return problems + ready._find_rate_problems(secrets)

    def _find_misfits(self, secrets):
        """Return texts on lines whose tiers or measure were changed since rates were entered."""
        self.ensure_one()
        misfits = self.line_ids.filtered(
            lambda line: find_problem(secrets[line.id].brackets, line.tier_mode, line.measure)
        )
        return [
            self.env._("the rate for %(line)s does not fit any more; enter it again", line=name)
            for name in misfits.mapped("display_name")
        ]

    def _raise_problems(self, problems):
        if problems:
            raise UserError(
                self.env._(
                    "Nothing was sealed:\n%(problems)s", problems=self._list_problems(problems)
                )
            )

    def _list_problems(self, problems):
        """Return ``[(agreement, text)]`` as lines of a message."""
        texts = [f"- {agreement.display_name}: {text}" for agreement, text in problems]
        if len(texts) > MAX_PROBLEMS:
            more = self.env._("… and %(count)s more", count=len(texts) - MAX_PROBLEMS)
            texts = [*texts[:MAX_PROBLEMS], more]
        return "\n".join(texts)
