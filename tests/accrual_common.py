"""Three dealers and a sub-distributor, and a company that accrues."""

from datetime import date

from .common import PRICES, RATES_A, RATES_B, RATES_S, ChannelCase

JANUARY, FEBRUARY, MARCH = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)
HUNDRED = dict.fromkeys(PRICES, 100)
RUN = "odoo.addons.channel_rebate.models.channel_accrual_run"
# Gross of a hundred boxes of each product: 3,107.00 at the rates of A, 3,228.50 at those of B.
A, B = 3107.00, 3228.50


class AccrualCase(ChannelCase):
    """Dealers A, B and C (C at A's rates) and A's sub-distributor S; sales in January."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.configure(cls.company)
        names = ("Dealer A", "Dealer B", "Dealer C")
        cls.dealers = [cls.make_dealer(name) for name in names]
        cls.dealer_a, cls.dealer_b, cls.dealer_c = cls.dealers
        cls.sub_s = cls.make_sub("Sub S", cls.dealer_a)
        rates = (RATES_A, RATES_B, RATES_A)
        for dealer, own in zip(cls.dealers, rates, strict=True):
            cls.sign(cls.make_agreement(dealer, own))
        cls.sign(cls.make_agreement(cls.sub_s, RATES_S))

    @classmethod
    def configure(cls, company):
        """Turn accruals on, with a journal and accounts of their own."""
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        accounts = env["account.account"].create(
            [
                {"name": "Rebates", "code": "699001", "account_type": "expense"},
                {"name": "Accrued", "code": "299001", "account_type": "liability_current"},
            ]
        )
        journal = env["account.journal"].create(
            {"name": "Accruals", "code": "RACC", "type": "general", "company_id": company.id}
        )
        company.write(
            {
                "channel_accrual_journal_id": journal.id,
                "channel_accrual_expense_account_id": accounts[0].id,
                "channel_accrual_liability_account_id": accounts[1].id,
            }
        )

    def sell(self, *dealers, day=JANUARY, quantities=HUNDRED):
        for dealer in dealers or self.dealers:
            self.make_invoice(dealer, quantities, day=day)

    def accrue(self, month_end=JANUARY, role="officer", company=None):
        """Return the new steps and the reasons of the periods without one."""
        steps, reasons = self.model(role, "channel.accrual")._accrue(
            (company or self.company).with_user(self.users[role]), month_end
        )
        return steps.with_user(self.env.user), {p.name: text for p, text in reasons.items()}

    def accrued(self, period=None):
        return (period or self.period)._get_accrued()

    def liability(self, company=None):
        """Return what stands on the account of accrued rebates, as a positive amount."""
        account = (company or self.company).channel_accrual_liability_account_id
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return round(-sum(lines.mapped("balance")), 2)

    def approve(self, settlement):
        self.as_role("keeper", settlement).action_approve()
        return settlement.statement_ids.move_id
