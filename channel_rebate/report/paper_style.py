"""The styles of our papers, to be put into the page itself."""

from markupsafe import Markup
from odoo.tools import file_open


def get_style(name):
    """Return the style sheets that a paper needs, what all have in common first.

    :param str name: ``five_part_order``, ``statement`` or ``agreement``
    """
    sheets = []
    for sheet in ("paper", name):
        with file_open(f"channel_rebate/static/src/report/{sheet}.css") as style:
            sheets.append(style.read())
    return Markup("\n".join(sheets))  # noqa: S704 - our own files
