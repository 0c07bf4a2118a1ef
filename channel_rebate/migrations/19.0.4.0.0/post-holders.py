from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Begin the holder log with those who are holders already."""
    api.Environment(cr, SUPERUSER_ID, {})["channel.holder.log"]._start()
