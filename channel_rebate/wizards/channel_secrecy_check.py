from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..const import HOLDERS

# Each is a method that returns a title and, unless all is well, what is wrong and what to do.
CHECKS = (
    "_find_enough_holders",
    "_find_mighty_holders",
    "_find_second_factors",
    "_find_unconfirmed_holders",
    "_find_broken_chains",
    "_find_check_running",
    "_find_typed_code",
    "_find_template_rights",
    "_find_database_list",
    "_find_master_password",
    "_find_key_file",
    "_find_log_level",
    "_find_profiling",
)


class ChannelSecrecyCheck(models.TransientModel):
    """How well this server and database keep sealed rates; computed when it is opened.

    A new check is a method named in ``CHECKS``. It reads with elevated rights, so its texts name
    users, files and settings, and never anything secret.
    """

    _name = "channel.secrecy.check"
    _description = "Secrecy Check"

    line_ids = fields.One2many(
        comodel_name="channel.secrecy.check.line",
        inverse_name="check_id",
        string="Checks",
        readonly=True,
        default=lambda self: self._default_line_ids(),
    )

    @api.model
    def _default_line_ids(self):
        if not self.env.user.has_groups(f"{HOLDERS},base.group_erp_manager"):
            raise AccessError(
                self.env._("The secrecy check is for holders and administrators only.")
            )
        return [Command.create(values) for values in self._run_checks()]

    @api.model
    def _run_checks(self):
        """Return values of a line for each check, warnings first."""
        # Elevated: holders may not read users and settings, administrators not the lists.
        checks_sudo = self.sudo()
        found = [getattr(checks_sudo, name)() for name in CHECKS]
        lines = [
            {"name": title, "state": "warning" if problem else "ok", "note": problem or ""}
            for title, problem in found
        ]
        return sorted(lines, key=lambda line: line["state"] == "ok")
