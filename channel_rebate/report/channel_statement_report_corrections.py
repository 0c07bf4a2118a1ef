from odoo import api, models

from ..tools.paper import count_lines
from .channel_statement_report import LINE, NOTE, ROW

# Latin letters in a line of a product and of an explanation.
PRODUCT_WIDTH = 30
EXPLANATION_WIDTH = 30


class ReportStatement(models.AbstractModel):
    """The paper of a correction: what the period has come to, what was settled, the difference."""

    _inherit = "report.channel_rebate.report_statement"

    @api.model
    def _prepare_products(self, statement):
        """Return a row for each product of which something changed, then each changed sale."""
        if not statement.number:
            return super()._prepare_products(statement)
        rows = {}
        for line in statement.line_ids:
            key = line.agreement_line_id.id, line.product_id.id
            row = rows.setdefault(key, self._prepare_corrected_product(line))
            row["base"] += line.base_amount
            row["total_base"] += line.total_base_amount
            row["quantity"] += line.quantity
            row["amount"] += line.amount
            row["total_amount"] += line.total_amount
        is_zero = statement.currency_id.is_zero
        changed = [
            row
            for row in rows.values()
            if row["quantity"] or not (is_zero(row["base"]) and is_zero(row["amount"]))
        ]
        blocks = self._finish_section(changed)
        if blocks:
            blocks[-1]["height"] += NOTE * any(map(self._is_average, statement.line_ids))
        return [*blocks, *self._prepare_changes(statement)]

    @api.model
    def _prepare_corrected_product(self, line):
        product = self._prepare_product(line)
        lines = count_lines(product["name"], PRODUCT_WIDTH) + bool(product["code"])
        return {
            **product,
            "kind": "corrected",
            "total_base": 0.0,
            "total_amount": 0.0,
            "height": ROW + LINE * lines,
        }

    @api.model
    def _prepare_changes(self, statement):
        """Return a row for each invoice or order line that counts more or less than before."""
        rows = []
        # Elevated, as the rest of the paper: a partner may know the sales behind his statement.
        for sale_sudo in statement.sudo().change_ids:
            product = sale_sudo.product_id.display_name
            explanation = sale_sudo.explanation
            rows.append(
                {
                    "kind": "changes",
                    "document": sale_sudo.document,
                    "date": sale_sudo.document_date,
                    "product": product,
                    "quantity": sale_sudo.base_quantity,
                    "base": sale_sudo.base_amount,
                    "explanation": explanation,
                    "height": ROW
                    + LINE
                    * max(
                        count_lines(product, PRODUCT_WIDTH),
                        count_lines(explanation, EXPLANATION_WIDTH),
                    ),
                }
            )
        return self._finish_section(rows)

    @api.model
    def _prepare_summary(self, statement):
        """Set what a component has come to, and what of it was settled, beside the difference."""
        summary = super()._prepare_summary(statement)
        if not statement.number:
            return summary
        signs = {"gross": 1, "passed_on": -1, "penalty": -1, "compensation": 1}
        summary["kind"] = "corrected_summary"
        summary["height"] += ROW + LINE
        summary["rows"] = [
            {
                "name": name,
                "amount": amount,
                "total": signs[name] * statement[f"total_{name}_amount"],
                "settled": signs[name] * statement[f"settled_{name}_amount"],
            }
            if name in signs
            else {"name": name, "amount": amount}
            for name, amount in summary["rows"]
        ]
        return summary
