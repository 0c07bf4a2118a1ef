import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain

from ..const import OFFICER, PERIOD_KEEPERS

_logger = logging.getLogger(__name__)


class ChannelPeriod(models.Model):
    """A settled period in which something has changed says so, and whose sales have.

    That is found out by comparing, in SQL, what counts with what was settled; no rate is needed.
    Source: Design, §4.
    """

    _inherit = "channel.period"

    needs_supplementary = fields.Boolean(
        readonly=True,
        copy=False,
        help="Sales or penalties of this period have changed since it was settled: a supplementary "
        "settlement corrects it.",
    )
    changed_partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="channel_period_changed_partner_rel",
        column1="period_id",
        column2="partner_id",
        string="Changed",
        readonly=True,
        copy=False,
        groups=PERIOD_KEEPERS,
        help="Partners whose sales or penalties are no longer what was settled.",
    )
    supplementary_check_on = fields.Datetime(
        string="Compared On",
        readonly=True,
        copy=False,
        help="When the sales of this period were last compared with what was settled.",
    )

    def _check_corrections(self):
        """Compare periods with what was settled, and tell the officers what has changed."""
        # Elevated: bases are no secret, and neither is that they have changed; the scheduled
        # action is nobody's, and activities are those of all officers.
        periods_sudo = self.sudo()
        for period_sudo in periods_sudo:
            partners_sudo = period_sudo._find_changed_partners()
            added_sudo = partners_sudo - period_sudo.changed_partner_ids
            period_sudo.write(
                {
                    "needs_supplementary": bool(partners_sudo),
                    "changed_partner_ids": [Command.set(partners_sudo.ids)],
                    "supplementary_check_on": fields.Datetime.now(),
                }
            )
            period_sudo._tell_officers(is_news=bool(added_sudo))
        # What has been marked after this transaction began is not in sight, and stays.
        self.env["channel.period.check"].sudo().search([("period_id", "in", self.ids)]).unlink()

    def _find_changed_partners(self):
        """Return the settled partners of whom a supplementary settlement would correct something.

        On paid basis as of today, which is its cut-off.
        """
        self.ensure_one()
        return self.env["channel.ledger"]._find_changed(
            self._get_settled_agreements(), fields.Date.context_today(self)
        )

    # === Scheduled action === #

    @api.model
    def _cron_check_corrections(self):
        """Compare the periods in which something has happened; once a day all that are open."""
        due = self._find_to_compare()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        failed = None
        for period in due:
            try:
                period._check_corrections()
                time_left = self.env["ir.cron"]._commit_progress(1)
            except Exception as error:
                # The others do not wait for this one; Odoo counts the failure below.
                self.env.cr.rollback()
                _logger.warning("Period %s could not be compared: %s", period.id, error)
                failed = error
                continue
            if not time_left:
                return
        if failed:
            raise failed

    @api.model
    def _find_to_compare(self):
        """Return the periods that are marked, and open ones that were not compared today."""
        marked = self.env["channel.period.check"]._search([]).subselect("period_id")
        settled = self.env["channel.statement"]._search([("state", "in", ("approved", "done"))])
        is_settled = Domain("needs_supplementary", "=", True) | Domain(
            "id", "in", settled.subselect("period_id")
        )
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        is_outdated = Domain("supplementary_check_on", "=", False) | Domain(
            "supplementary_check_on", "<", today
        )
        return self.search(
            Domain("id", "in", marked) | (Domain("state", "=", "open") & is_settled & is_outdated),
            order="date_from, id",
        )

    # === Buttons === #

    def action_check_corrections(self):
        """Compare now, and say what came of it."""
        if not self.env.user.has_group(OFFICER):
            raise AccessError(self.env._("Only a settlement officer may do this."))
        # What follows is elevated, and knows no company.
        self.check_access("write")
        self._check_corrections()
        changed = self.filtered("needs_supplementary")
        if changed:
            message = self.env._(
                "%(periods)s: sales or penalties have changed since the settlement.",
                periods=", ".join(changed.mapped("name")),
            )
        else:
            message = self.env._("Nothing has changed since the settlement.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if changed else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_make_supplementary(self):
        """Open the supplementary settlement that is not approved yet, or a new one."""
        self.ensure_one()
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Supplementary Settlement"),
            "res_model": "channel.settlement",
            "res_id": self._find_open_corrections()[:1].id,
            "view_mode": "form",
            "context": {"default_kind": "supplementary", "default_period_id": self.id},
        }
