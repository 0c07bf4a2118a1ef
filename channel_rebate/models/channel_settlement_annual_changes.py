from markupsafe import Markup
from odoo import api, fields, models

from ..const import OFFICER

ACTIVITY = "channel_rebate.mail_activity_type_annual"


class ChannelSettlement(models.Model):
    """Whom a year-end run leaves out, what is better settled before it, and what changed after it.

    Names only: who is settled, corrected and has a fixed scorecard tells no rate.
    """

    _inherit = "channel.settlement"

    unscored_count = fields.Integer(
        string="Without Scorecard",
        compute="_compute_year_alerts",
        help="Dealers with settled periods and no fixed scorecard: they are left out, and settled "
        "by another year-end settlement once it is fixed.",
    )
    unscored_names = fields.Char(compute="_compute_year_alerts")
    unsettled_message = fields.Char(compute="_compute_year_alerts")
    changed_period_names = fields.Char(compute="_compute_year_alerts")
    changed_dealer_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Changed Dealers",
        compute="_compute_changed_dealer_ids",
        help="Dealers whose statements or coefficient have changed since this year-end settlement.",
    )

    @api.depends("kind", "year", "company_id", "dealer_ids", "state", "statement_ids")
    def _compute_year_alerts(self):
        for settlement in self:
            is_open = settlement._is_annual() and settlement._is_open()
            rows = settlement._get_year_basis() if is_open else []
            unscored = self._get_year_partners([row for row in rows if row.coefficient is None])
            due = self._get_year_partners([row for row in rows if row.is_due()])
            settlement.unscored_count = len(unscored)
            settlement.unscored_names = self._shorten(unscored.sorted("name").mapped("name"))
            settlement.unsettled_message = bool(due) and settlement._get_unsettled_message(due)
            # Elevated: which periods need a correction is known, of whom is for their keepers.
            changed_sudo = settlement._get_periods().sudo() if due else self.env["channel.period"]
            settlement.changed_period_names = ", ".join(
                changed_sudo.filtered(
                    lambda period, due=due: (
                        period.needs_supplementary and period.changed_partner_ids & due
                    )
                ).mapped("name")
            )

    @api.depends("kind", "year", "company_id", "state")
    def _compute_changed_dealer_ids(self):
        self.changed_dealer_ids = False
        settled = self.filtered(lambda run: run._is_annual() and run.state in ("approved", "done"))
        for (company, year), runs in settled.grouped(
            lambda run: (run.company_id, run.year)
        ).items():
            changes = self._find_annual_changes(company, year)
            for run in runs:
                run.changed_dealer_ids = changes.get(run._origin, self.env["res.partner"])

    @api.model
    def _find_annual_changes(self, company, year):
        """Return of whom a live year-end statement would be another one now, by its settlement."""
        rows = [
            row
            for row in self.env["channel.ledger"]._find_year_basis(company, year)
            if row.has_changed()
        ]
        statements = self.env["channel.statement"].browse([row.settled_id for row in rows])
        return {
            settlement: own.partner_id.sorted("name")
            for settlement, own in statements.grouped("settlement_id").items()
        }

    # === Officers === #

    def action_approve(self):  # pylint: disable=missing-return
        super().action_approve()
        self._update_annual_activities({(run.company_id, run.year) for run in self})

    def action_reverse(self):  # pylint: disable=missing-return
        super().action_reverse()
        self._update_annual_activities({(run.company_id, run.year) for run in self})

    @api.model
    def _update_annual_activities(self, years):
        """Tell the officers which year-end settlements have to be corrected, and which no more.

        :param years: pairs of company and year
        """
        for company, year in years:
            # Elevated: activities are those of all officers; names are all that they say.
            runs_sudo = self.sudo().search(
                [
                    ("kind", "=", "annual"),
                    ("company_id", "=", company.id),
                    ("year", "=", year),
                    ("state", "in", ("approved", "done")),
                ]
            )
            changes = runs_sudo and runs_sudo._find_annual_changes(company, year)
            for run_sudo in runs_sudo:
                run_sudo._tell_annual_officers(changes.get(run_sudo))

    def _tell_annual_officers(self, dealers):
        """Have an activity of each officer say which dealers' rebate has to be corrected."""
        self.ensure_one()
        activities = self.activity_search([ACTIVITY])
        if not dealers:
            activities.unlink()
            return
        for activity in activities:
            activity.write(self._prepare_annual_activity(activity.user_id, dealers))
        for officer in self.company_id._get_members_of(OFFICER) - activities.user_id:
            self.activity_schedule(
                ACTIVITY,
                user_id=officer.id,
                date_deadline=self.env.ref(ACTIVITY)._get_date_deadline(),
                **self._prepare_annual_activity(officer, dealers),
            )

    def _prepare_annual_activity(self, user, dealers):
        """Return what an activity says, in its user's language: names, and no amount."""
        settlement = self.with_context(lang=user.lang)
        text = settlement.env._(
            "Statements or coefficients have changed since the year-end settlement: %(partners)s.",
            partners=self._shorten(dealers.mapped("name")),
        )
        return {
            "summary": settlement.env._(
                "The year-end rebate %(year)s needs a correction", year=self.year
            ),
            "note": Markup("<p>%s</p>") % text,
        }

    def action_make_annual_correction(self):
        """Open the year-end settlement that is not approved yet, or a new one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Year-end Settlement"),
            "res_model": "channel.settlement",
            "res_id": self._find_open_annual()[:1].id,
            "view_mode": "form",
            "context": {
                "default_kind": "annual",
                "default_year": self.year,
                "default_company_id": self.company_id.id,
            },
        }
