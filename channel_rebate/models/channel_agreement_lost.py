from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class ChannelAgreement(models.Model):
    """Agreements whose rates can't be read any more since their key was lost.

    A new version may take the place of such a version from its first day on. It then applies on
    no day and earns nothing; its paper and its fingerprint stay.
    """

    _inherit = "channel.agreement"

    rates_lost = fields.Boolean(
        readonly=True,
        copy=False,
        help="The key of its rates was declared lost. A new version can take its place, also from "
        "its first day on.",
    )

    # === Lost and found === #

    @api.model
    def _count_lost(self, key_name):
        """Return how many sealed agreements a key holds the rates of, in all companies."""
        rows = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM channel_agreement WHERE %s", self._sealed_with(key_name))
        )
        return rows[0][0]

    @api.model
    def _sealed_with(self, key_name):
        """Return the SQL condition of the sealed agreements whose rates a key has sealed."""
        return SQL(
            """state IN ('sealed', 'signed', 'revealed') AND id IN (
                   SELECT agreement_id FROM channel_rate
                    WHERE split_part(token, ':', 2) = %s)""",
            key_name,
        )

    @api.model
    def _mark_lost(self, key_name):
        """Mark sealed agreements, and the rates of drafts as not entered; no token changes."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE channel_agreement SET rates_lost = true WHERE %s RETURNING id",
                self._sealed_with(key_name),
            )
        )
        self.env.execute_query(
            SQL(
                """UPDATE channel_rate AS rate SET is_entered = false
                     FROM channel_agreement AS agreement
                    WHERE agreement.id = rate.agreement_id AND agreement.state = 'draft'
                      AND split_part(rate.token, ':', 2) = %s
                RETURNING rate.id""",
                key_name,
            )
        )
        self.env.invalidate_all()

    @api.model
    def _forget_loss(self, key_name):
        """Take the mark from agreements all of whose rates a key has sealed again.

        Not if a later version has taken their place already: that one was signed instead.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE channel_agreement AS agreement SET rates_lost = false
                    WHERE rates_lost AND rates_forgotten IS NOT TRUE
                      AND NOT EXISTS (
                          SELECT FROM channel_rate AS rate
                           WHERE rate.agreement_id = agreement.id AND rate.token != ''
                             AND split_part(rate.token, ':', 2) != %(key)s)
                      AND NOT EXISTS (
                          SELECT FROM channel_agreement AS later
                           WHERE later.partner_id = agreement.partner_id
                             AND later.period_id = agreement.period_id
                             AND later.version > agreement.version
                             AND later.date_from <= agreement.date_from
                             AND later.state IN ('sealed', 'signed', 'revealed'))
                RETURNING id""",
                key=key_name,
            )
        )
        self.env.execute_query(
            SQL(
                """UPDATE channel_rate SET is_entered = true
                    WHERE NOT is_entered AND split_part(token, ':', 2) = %s RETURNING id""",
                key_name,
            )
        )
        self.env.invalidate_all()

    def _check_rates_not_lost(self):
        """Refuse to sign, or to settle, what nobody can read any more."""
        if lost := self.filtered(
            lambda agreement: agreement.state == "sealed" and agreement.rates_lost
        ):
            raise UserError(
                self.env._(
                    "The rates of %(agreements)s can't be read any more: start a new version and "
                    "have that signed.",
                    agreements=", ".join(lost.mapped("display_name")),
                )
            )

    # === A version that takes the place of a lost one === #

    def _find_in_the_way(self, day):
        """Return the version among these after which a new one that applies from ``day`` begins.

        One that can be read has to begin before it; lost ones may begin with it or later, though
        it can't be earlier than the first.
        """
        return self.filtered(
            lambda version: (
                version.date_from > day
                if version.rates_lost and version.version == 1
                else version.date_from >= day and not version.rates_lost
            )
        )[-1:]

    def _explain_version_date(self, earlier):
        if not earlier.rates_lost:
            return super()._explain_version_date(earlier)
        return self.env._(
            "%(agreement)s applies from %(first)s on: a version that takes its place has to begin "
            "on that day or later, and on %(last)s at the latest.",
            agreement=earlier.display_name,
            first=format_date(self.env, earlier.date_from),
            last=format_date(self.env, earlier.period_id.date_to),
        )

    def _without_replaced(self):
        """Leave out lost versions that apply on no day, since a later one has their place."""
        # Searched, so that not all are read for the few.
        lost = self.search([("id", "in", self.ids), ("rates_lost", "=", True)])
        if not lost:
            return self
        spans = lost._get_spans()
        return self.filtered(
            lambda agreement: agreement not in spans or spans[agreement][0] <= spans[agreement][1]
        )

    def _find_readable_again(self):
        """Return the marked versions among these whose key has turned up."""
        marked = self.filtered("rates_lost")
        lines = self.env["channel.rate"].search([("agreement_id", "in", marked.ids)])
        return (lines.filtered("is_entered") - lines._find_lost()).agreement_id

    def _find_seal_problems(self, secrets):
        """Refuse to take the place of a version that can be read again."""
        problems = super()._find_seal_problems(secrets)
        for agreement in self.filtered(lambda record: record.version > 1):
            earlier = agreement._find_versions().filtered(
                lambda version, own=agreement: (
                    version.version < own.version and version.date_from >= own.date_from
                )
            )
            for found in earlier._find_readable_again():
                text = self.env._(
                    "the rates of %(version)s can be read again, since their key has turned up; "
                    "let this version begin later, or cancel it",
                    version=found.display_name,
                )
                problems.append((agreement, text))
        return problems

    # === Who is compared with whom === #

    def _find_affected_subs(self):
        """Lost versions are compared with nothing: they can't be settled until replaced."""
        return super()._find_affected_subs().filtered(lambda record: not record.rates_lost)
