from odoo.addons.portal.controllers.portal import CustomerPortal


class PortalOrder(CustomerPortal):
    def _show_report(self, model, report_type, report_ref, download=False):
        """A sell-out order is downloaded as the five-part order: we sell nothing by it."""
        if report_ref == "sale.action_report_saleorder" and model._is_sell_out():
            report_ref = "channel_rebate.action_report_five_part_order"
        return super()._show_report(model, report_type, report_ref, download=download)
