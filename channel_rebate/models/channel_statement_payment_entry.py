from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.apportion import apportion


class ChannelStatement(models.Model):
    """The plain payment entry: rebate account to the partner's payable account, without tax.

    It waits for its payment like a bill, and Odoo's ordinary screen pays it.
    """

    _inherit = "channel.statement"

    def _prepare_entry_values(self, shares):
        """Return the values of the journal entry.

        :param dict shares: decimals by (tax key, product id), in the statement's currency
        """
        self.ensure_one()
        company, currency = self.company_id, self.currency_id
        day = self.settlement_id.date
        net = sum(shares.values(), Decimal(0))
        # Rounded once in all and then shared out, so that the entry balances in any currency.
        balance = currency._convert(float(net), company.currency_id, company, day)
        unit = Decimal(str(company.currency_id.rounding))
        balances = apportion(Decimal(str(balance)), shares, unit)
        account = self._get_entry_account()
        lines = [
            {
                "account_id": account.id,
                "name": self._get_line_text(key[1]),
                "amount_currency": float(share),
                "balance": float(balances[key]),
                "tax_ids": [Command.clear()],
            }
            for key, share in shares.items()
        ]
        lines.append(
            {
                "account_id": self._get_payable_account().id,
                "name": self._get_line_text(None),
                "amount_currency": -float(net),
                "balance": -balance,
                "date_maturity": day,
            }
        )
        common = {"partner_id": self.partner_id.id, "currency_id": currency.id}
        return {
            **self._prepare_move_values(),
            "date": day,
            "line_ids": [Command.create({**common, **line}) for line in lines],
        }

    def _get_entry_account(self):
        company = self.company_id
        product = company.channel_rebate_product_id
        account = (
            company.channel_rebate_account_id
            or product.product_tmpl_id.get_product_accounts()["expense"]
        )
        if not account:
            raise UserError(
                self.env._(
                    "%(statement)s: %(product)s has no expense account. Choose a rebate account "
                    "in the settings of Channel.",
                    statement=self.display_name,
                    product=product.display_name,
                )
            )
        return account

    def _get_payable_account(self):
        account = self.partner_id.property_account_payable_id
        if not account:
            raise UserError(
                self.env._(
                    "%(statement)s: %(partner)s has no payable account in %(company)s. Set it on "
                    "the contact.",
                    statement=self.display_name,
                    partner=self.partner_id.name,
                    company=self.company_id.name,
                )
            )
        return account
