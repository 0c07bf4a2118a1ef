from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

# States in which an agreement takes the place of its earlier version.
SEALED_STATES = ("sealed", "signed", "revealed")


class ChannelAgreement(models.Model):
    """Versions: other terms or rates from a later day on, while what was sealed stays as it is.

    An agreement and its versions have partner and period in common, and are numbered 1, 2, 3 ….
    A version applies from its own day until the day before the next *sealed* one begins. What
    hangs on an agreement, such as those of sub-distributors, hangs on its first version.
    """

    _inherit = "channel.agreement"

    date_until = fields.Date(
        string="Until",
        compute="_compute_versions",
        help="The last day on which this version applies: the day before the next sealed version "
        "begins, or the end of the period.",
    )
    version_ids = fields.Many2many(
        comodel_name="channel.agreement",
        compute="_compute_versions",
        string="Versions",
        help="All versions of the agreement that are not cancelled.",
    )
    version_count = fields.Integer(string="Number of Versions", compute="_compute_versions")
    can_have_version = fields.Boolean(
        compute="_compute_can_have_version",
        help="A new version can be made: this one is sealed, the last one, and not settled.",
    )

    @api.depends("partner_id", "period_id.date_to", "date_from", "state", "version")
    def _compute_versions(self):
        live = self._find_versions().grouped(lambda record: record._get_version_key())
        spans = self._get_spans()
        for agreement in self:
            versions = live.get(agreement._get_version_key(), self.browse())
            agreement.version_ids = versions
            agreement.version_count = len(versions)
            first, last = spans.get(
                agreement._origin, (agreement.date_from, agreement.period_id.date_to)
            )
            # None on which it applies, if a later version took its place.
            agreement.date_until = last if first and first <= last else False

    @api.depends("state", "version")
    def _compute_can_have_version(self):
        for agreement in self:
            is_open = agreement.period_id.state == "open"
            agreement.can_have_version = is_open and not agreement._version_error_message()

    # === Which versions there are === #

    def _get_version_key(self):
        self.ensure_one()
        return self.partner_id.id, self.period_id.id

    def _find_versions(self):
        """Return all versions of these agreements that are not cancelled, first to last."""
        return self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("period_id", "in", self.period_id.ids),
                ("state", "!=", "cancelled"),
            ],
            order="partner_id, period_id, version",
        )

    def _get_spans(self):
        """Return the days on which the sealed versions of these agreements apply.

        One that a later version replaced has none: its last day comes before the first.

        :return: ``{agreement: (first day, last day)}``, in one query
        """
        spans, following = {}, {}
        sealed = self._find_versions().filtered(lambda record: record.state in SEALED_STATES)
        for agreement in reversed(sealed):
            key = agreement._get_version_key()
            begins = following.get(key)
            last = begins - timedelta(days=1) if begins else agreement.period_id.date_to
            spans[agreement] = agreement.date_from, last
            following[key] = min(begins or agreement.date_from, agreement.date_from)
        return spans

    @api.constrains("partner_id", "period_id", "version", "date_from", "state")
    def _check_versions(self):
        """Versions are numbered without a gap, and each begins after those before it."""
        found = self._without_revealed()._find_versions()
        groups = found.grouped(lambda record: record._get_version_key())
        for versions in groups.values():
            earlier = self.browse()
            for agreement in versions:
                if agreement.version != len(earlier) + 1:
                    raise ValidationError(
                        self.env._(
                            "%(agreement)s can't be without the version before it, and not for "
                            "another partner or period.",
                            agreement=agreement.display_name,
                        )
                    )
                if in_the_way := earlier._find_in_the_way(agreement.date_from):
                    raise ValidationError(agreement._explain_version_date(in_the_way))
                earlier |= agreement

    def _explain_version_date(self, earlier):
        return self.env._(
            "%(agreement)s applies from %(first)s on: a new version has to begin later, and on "
            "%(last)s at the latest.",
            agreement=earlier.display_name,
            first=format_date(self.env, earlier.date_from),
            last=format_date(self.env, earlier.period_id.date_to),
        )

    # === Making one === #

    def action_new_version(self):
        """Ask for the day from which the new version applies."""
        self.ensure_one()
        self._check_keeper()
        self.period_id._check_open()
        if reason := self._version_error_message():
            raise UserError(reason)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_agreement_version_action"
        )
        return {**action, "context": {"default_agreement_id": self.id}}

    def _create_version(self, date_from, *, copy_terms=True, copy_rates=False):
        """Return the draft of the next version, which applies from a day on.

        :param date_from: its first day
        :param bool copy_terms: take what is covered from this version
        :param bool copy_rates: take the rates as well; never by itself
        :raise UserError: naming what is in the way, and what to do about it
        """
        self.ensure_one()
        self._check_keeper()
        if copy_rates:
            self.env["channel.rate"]._check_may_copy()
        self.period_id._check_open()
        # Of two keepers at once the later one sees what the first has made.
        self._touch()
        reason = self._version_error_message() or self._version_date_error_message(date_from)
        if reason:
            raise UserError(reason)
        values = self._prepare_version_values(date_from, copy_terms)
        version = self._trusted().create(values).with_env(self.env)
        if copy_rates:
            self.env["channel.rate"]._copy_rates([(self, version)])
        return version

    def _prepare_version_values(self, date_from, copy_terms):
        lines = self.line_ids._prepare_copy_values() if copy_terms else []
        return {
            "partner_id": self.partner_id.id,
            "role": self.role,
            "period_id": self.period_id.id,
            "version": self.version + 1,
            "date_from": date_from,
            "basis": self.basis,
            "currency_id": self.currency_id.id,
            "line_ids": [Command.create(values) for values in lines],
        }

    def _version_error_message(self):
        """Return why this agreement can't have a new version now, or nothing."""
        self.ensure_one()
        name = self.display_name
        if self.state == "draft":
            return self.env._(
                "%(agreement)s is not sealed yet: change it as it is.", agreement=name
            )
        if self.state == "cancelled":
            return self.env._("%(agreement)s is cancelled: make a new agreement.", agreement=name)
        if later := self._find_later_versions():
            return self.env._(
                "%(agreement)s has a later version already: open %(later)s.",
                agreement=name,
                later=later[-1:].display_name,
            )
        return self._settled_error_message()

    def _settled_error_message(self):
        """Return that the period is settled for the partner, or nothing."""
        self.ensure_one()
        settled_sudo = self.env["channel.statement"]._find_settled(
            self.partner_id, self.date_from, company=self.company_id
        )
        if not settled_sudo:
            return None
        return self.env._(
            "%(agreement)s is settled by %(settlement)s: reverse that first, or change the "
            "agreement of the next period.",
            agreement=self.display_name,
            settlement=settled_sudo.settlement_id.name,
        )

    def _version_date_error_message(self, date_from):
        self.ensure_one()
        in_the_way = self._find_versions()._find_in_the_way(date_from)
        if in_the_way or date_from > self.period_id.date_to:
            return self._explain_version_date(in_the_way or self)
        if self.role != "sub_distributor":
            return None
        dealer = self.partner_id._get_channel_dealer(date_from)
        if dealer == self.dealer_agreement_id.partner_id:
            return None
        return self.env._(
            "%(partner)s buys from %(dealer)s on that day, and %(agreement)s is paid by "
            "%(old_dealer)s: choose a day before he moved.",
            partner=self.partner_id.name,
            dealer=dealer.name,
            agreement=self.display_name,
            old_dealer=self.dealer_agreement_id.partner_id.name,
        )

    # === In their order === #

    def _find_later_versions(self):
        """Return the live versions that follow these, without these themselves."""
        by_key = self.grouped(lambda record: record._get_version_key())
        return (self._find_versions() - self._origin).filtered(
            lambda record: any(
                record.version > agreement.version
                for agreement in by_key.get(record._get_version_key(), ())
            )
        )

    def _check_last_versions(self):
        """Refuse to take a version away on which a later one rests."""
        if later := self._find_later_versions():
            raise UserError(
                self.env._(
                    "Cancel the later versions first: %(agreements)s.",
                    agreements=", ".join(later.mapped("display_name")),
                )
            )

    def _check_signed_in_order(self):
        """Who signs a version has signed those before it: an amendment of nothing is none."""
        keys = {record._get_version_key(): record.version for record in self.sorted("version")}
        unsigned = (self._find_versions() - self).filtered(
            lambda record: (
                record.version < keys.get(record._get_version_key(), 0)
                and record.state not in ("signed", "revealed")
                # Nobody signs for rates that nobody can read any more.
                and not record.rates_lost
            )
        )
        if unsigned:
            raise UserError(
                self.env._(
                    "The version before it has to be signed first: %(agreements)s.",
                    agreements=", ".join(unsigned.mapped("display_name")),
                )
            )

    def _check_unsigned_in_order(self):
        signed = self._find_later_versions().filtered(
            lambda record: record.state in ("signed", "revealed")
        )
        if signed:
            raise UserError(
                self.env._(
                    "Undo the signature of the later version first: %(agreements)s.",
                    agreements=", ".join(signed.mapped("display_name")),
                )
            )
