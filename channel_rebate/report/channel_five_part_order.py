from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, is_html_empty
from odoo.tools.misc import get_lang

from ..tools.paper import count_lines, paginate
from .paper_style import get_style

#: The owners of the copies, in the order of their numbers.
COPIES = ("dealer", "sub_distributor", "marketing", "sales", "finance")

# Heights in pixels of the style sheet, tried with A4. A reserve is left, as fonts differ.
LINE = 20
SHEET = 1210  # below the mark, with a line table's head and "continued"
HEAD = 165  # without the addresses
FOOT = 385  # without the terms
ROW = 9  # borders and padding of a row
# Latin letters in a line of a product, of an address and of the terms.
PRODUCT_WIDTH = 32
ADDRESS_WIDTH = 44
TERMS_WIDTH = 100


class ReportFivePartOrder(models.AbstractModel):
    """The five-part order (五连单): the same order on five copies, each with its owner's mark.

    It is made with the reader's own rights: whoever may read an order may print it. There is no
    rate and no rebate on it, and nothing that leads to one.
    """

    _name = "report.channel_rebate.report_five_part_order"
    _description = "Five-part Order"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template needs; of what clients send only the choice of copies counts.

        :raise UserError: if there is nothing to print, or an order is not a sell-out order
        """
        orders = self.env["sale.order"].browse(docids)
        if not orders:
            raise UserError(self.env._("There is no order to print: choose one in the list first."))
        orders.check_access("read")
        orders._check_five_part_order()
        return {
            "doc_ids": orders.ids,
            "doc_model": orders._name,
            "docs": orders,
            "papers": [self._prepare_paper(order) for order in orders],
            "copies": self._get_copies(data),
            "copy_numbers": {owner: number for number, owner in enumerate(COPIES, 1)},
            "style": get_style("five_part_order"),
        }

    @api.model
    def _get_copies(self, data):
        """Return the owners whose copies are wanted: those that ``copies`` names, else all."""
        wanted = (data or {}).get("copies") or ""
        wanted = wanted.split(",") if isinstance(wanted, str) else wanted
        return [owner for owner in COPIES if owner in wanted] or list(COPIES)

    @api.model
    def _prepare_paper(self, order):
        """Return one order in its customer's language, with its lines shared out over sheets."""
        lang = get_lang(self.env, order.partner_id.lang).code
        order = order.with_context(lang=lang)
        rows = self._prepare_rows(order)
        sheets = paginate(
            [row["height"] for row in rows],
            capacity=SHEET,
            head=HEAD + LINE * self._get_address_lines(order),
            tail=FOOT + LINE * self._get_terms_lines(order),
        )
        products = order.order_line.filtered(lambda line: not line.display_type)
        units = products.product_uom_id
        return {
            "order": order,
            "lang": lang,
            # Elevated: a customer in the portal reads neither partners nor territories, but may
            # know who and where the parties of his own order are.
            "order_sudo": order.sudo(),
            "sheets": [[rows[position] for position in sheet] for sheet in sheets],
            "has_discount": any(products.mapped("discount")),
            "quantity": sum(products.mapped("product_uom_qty")) if len(units) == 1 else None,
            "has_note": not is_html_empty(order.note),
        }

    @api.model
    def _prepare_rows(self, order):
        rows, number = [], 0
        for line in order._get_order_lines_to_report():
            # Elevated: a customer in the portal reads no products, but knows what he has ordered.
            code = line.product_id.sudo().default_code or ""
            name = (line.name or "").removeprefix(f"[{code}] ")
            number += not line.display_type
            rows.append(
                {
                    "line": line,
                    "number": number,
                    "code": code,
                    "name": name,
                    "height": ROW + LINE * count_lines(name, PRODUCT_WIDTH),
                }
            )
        return rows

    @api.model
    def _get_address_lines(self, order):
        order_sudo = order.sudo().with_context(show_address=True)  # see _prepare_paper
        parties = (order_sudo.channel_dealer_id, order_sudo.channel_partner_id)
        phone = 1
        return phone + max(count_lines(party.display_name, ADDRESS_WIDTH) for party in parties)

    @api.model
    def _get_terms_lines(self, order):
        if is_html_empty(order.note):
            return 0
        label = 1
        return label + count_lines(html2plaintext(order.note), TERMS_WIDTH)
