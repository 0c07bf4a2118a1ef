import logging
import os
import pathlib
import stat
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import config

from ..keyring import KEY_ID_PARAMETER, default_folder
from ..tools.keystore import FILE_VARIABLE, KEY_VARIABLE

# Odoo's own, as published.
DEFAULT_MASTER_PASSWORD = "admin"  # noqa: S105
# What writes arguments or SQL into the server's log at debug level.
TALKING_LOGGERS = ("odoo.http", "odoo.sql_db", "odoo.service.model", "odoo.api")


class ChannelSecrecyCheck(models.TransientModel):
    """Checks of the server's and the database's settings."""

    _inherit = "channel.secrecy.check"

    @api.model
    def _find_template_rights(self):
        title = self.env._("Only editors write code in mail templates")
        name = "mail.restrict.template.rendering"
        is_on = self.env["ir.config_parameter"].get_param(name) not in (
            None,
            False,
            "",
            "False",
            "0",
        )
        return title, None if is_on else self.env._(
            "Every employee may write code into mail templates. Switch “Restrict Template "
            "Rendering” on in Settings, Discuss (system parameter %(name)s).",
            name=name,
        )

    @api.model
    def _find_check_running(self):
        title = self.env._("Holders and lists are checked every hour")
        cron = self.env.ref("channel_rebate.ir_cron_holder_check", raise_if_not_found=False)
        is_late = cron and cron.nextcall < fields.Datetime.now() - timedelta(days=1)
        return title, (not cron or not cron.active or is_late) and self.env._(
            "The scheduled action “Channel: check holders and chained lists” is switched off, or "
            "did not run for a day. Switch it on in Settings, Technical, Scheduled Actions."
        )

    @api.model
    def _find_database_list(self):
        title = self.env._("The database manager is closed")
        return title, config["list_db"] and self.env._(
            "Whoever has the master password can download or copy this database over the web. "
            "Put list_db = False into the server's configuration."
        )

    @api.model
    def _find_master_password(self):
        title = self.env._("The master password is not the default one")
        return title, config.verify_admin_password(DEFAULT_MASTER_PASSWORD) and self.env._(
            "Set admin_passwd in the server's configuration to a long random text."
        )

    @api.model
    def _find_key_file(self):
        title = self.env._("The key of the rates is in a safe place")
        path = self._get_key_path()
        if path is None or not path.exists():
            return title, None
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            return title, self.env._(
                "Others on the server can read the key in %(path)s. Give the file the mode 0600.",
                path=path,
            )
        files = pathlib.Path(config.filestore(self.env.cr.dbname)).resolve()
        return title, path.resolve().is_relative_to(files) and self.env._(
            "The key in %(path)s lies among this database's files, so each backup holds it, "
            "beside the rates that it opens. Move it elsewhere.",
            path=path,
        )

    @api.model
    def _get_key_path(self):
        """Return the path of the key's file, if it is in one."""
        key_id = self.env["ir.config_parameter"].get_param(KEY_ID_PARAMETER)
        if os.environ.get(KEY_VARIABLE) or not key_id:
            return None
        named = os.environ.get(FILE_VARIABLE)
        return pathlib.Path(named) if named else pathlib.Path(default_folder(), f"{key_id}.key")

    @api.model
    def _find_log_level(self):
        title = self.env._("The server's log keeps no values")
        talking = [
            name for name in TALKING_LOGGERS if logging.getLogger(name).isEnabledFor(logging.DEBUG)
        ]
        return title, talking and self.env._(
            "The server logs at debug level (%(names)s), which writes down what users enter. Set "
            "log_level = info, and remove old logs.",
            names=", ".join(talking),
        )

    @api.model
    def _find_profiling(self):
        title = self.env._("Nobody records requests")
        until = self.env["ir.config_parameter"].get_param("base.profiling_enabled_until") or ""
        return title, until > fields.Datetime.to_string(fields.Datetime.now()) and self.env._(
            "Profiling is enabled until %(time)s UTC and records what runs, with its values. "
            "Switch it off in Settings, Technical, Profiling.",
            time=until,
        )
