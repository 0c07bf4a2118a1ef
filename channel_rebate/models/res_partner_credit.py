from odoo import api, models


class ResPartner(models.Model):
    """What a partner owes is searched by those only who may read it.

    Odoo hides the balance from sales and the portal, and lets them search by it all the same: a
    binary search gives it to the cent, and so what another salesperson's dealer was credited.
    """

    _inherit = "res.partner"

    @api.model
    def _asset_difference_search(self, account_type, operator, operand):
        name = "debit" if account_type == "liability_payable" else "credit"
        self._check_field_access(self._fields[name], "read")
        return super()._asset_difference_search(account_type, operator, operand)
