from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Enter what was sealed before in the register of seals, marked as such."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["channel.seal"]._register_earlier()
