from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import WorkedExampleCase


@tagged("post_install", "-at_install")
class TestDocuments(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()

    def approve(self):
        self.as_role("keeper", self.settlement).action_approve()
        return self.settlement.statement_ids.move_id

    def test_drafts_for_the_accountant(self):
        moves = self.approve()
        self.assertEqual(set(moves.mapped("state")), {"draft"})
        self.assertEqual(set(moves.mapped("move_type")), {"out_refund"})
        self.assertEqual(self.settlement.state, "approved")

    def test_done_with_the_last_posted_document(self):
        first, *rest = self.as_role("accountant", self.approve())
        first.action_post()
        self.assertEqual(self.settlement.state, "approved")
        for move in rest:
            move.action_post()
        self.assertEqual(self.settlement.state, "done")

    def test_posted_at_approval_if_the_company_says_so(self):
        self.company.channel_rebate_post_documents = True
        moves = self.approve()
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(self.settlement.state, "done")

    def test_no_rate_in_any_text(self):
        moves = self.approve()
        self.assertEqual(set(moves.invoice_line_ids.mapped("name")), {"Rebate 2025-Q1"})
        self.assertEqual(set(moves.mapped("ref")), {self.settlement.name})
        self.assertFalse(moves.invoice_line_ids.sale_line_ids)

    def test_text_in_the_partners_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.dealer_b.lang = "zh_CN"
        self.approve()
        move = self.statement_of(self.settlement, self.dealer_b).move_id
        self.assertEqual(move.invoice_line_ids.name, "返利 2025-Q1")

    def test_salesperson_is_never_empty(self):
        self.dealer_b.user_id = False
        self.sub_s.user_id = False
        self.approve()
        users = {
            record.partner_id: record.move_id.invoice_user_id
            for record in self.settlement.statement_ids
        }
        sales, keeper = self.users["salesperson"], self.users["keeper"]
        self.assertEqual(users, {self.dealer_a: sales, self.sub_s: sales, self.dealer_b: keeper})

    def test_own_journal_and_product(self):
        journal = self.env["account.journal"].create(
            {"name": "Rebates", "code": "REB", "type": "sale"}
        )
        product = self.make_product("bonus", 0, type="service")
        self.company.write(
            {"channel_rebate_journal_id": journal.id, "channel_rebate_product_id": product.id}
        )
        moves = self.approve()
        self.assertEqual((moves.journal_id, moves.invoice_line_ids.product_id), (journal, product))

    def test_missing_product_says_what_to_do(self):
        self.company.channel_rebate_product_id = False
        with self.refused("has no rebate product. Choose one in the settings"):
            self.approve()
        self.assertEqual(self.settlement.state, "computed")

    def test_taxes_come_on_top(self):
        """Those of the sales; what the rebate product has by itself is not asked."""
        tax, other = self.env["account.tax"].create(
            [{"name": f"{rate} %", "amount": rate} for rate in (13, 5)]
        )
        self.company.channel_rebate_product_id.taxes_id = other
        sales = self.env["account.move"].search([("partner_id", "=", self.dealer_a.id)])
        sales.button_draft()
        sales.invoice_line_ids.tax_ids = tax
        sales.action_post()
        self.as_role("officer", self.settlement).action_compute()
        self.approve()
        move = self.statement_of(self.settlement, self.dealer_a).move_id
        self.assertEqual((move.amount_untaxed, move.amount_tax), (2473.50, 321.56))

    def test_amount_partner_and_link_are_locked(self):
        move = self.as_role("accountant", self.approve())[0]
        line = move.invoice_line_ids
        attempts = {
            "price": lambda: line.write({"price_unit": 1}),
            "quantity": lambda: line.write({"quantity": 2}),
            "discount": lambda: line.write({"discount": 50}),
            "line": lambda: move.write(
                {"invoice_line_ids": [Command.create({"name": "more", "price_unit": 5})]}
            ),
            "no line": lambda: move.write({"invoice_line_ids": [Command.clear()]}),
            "partner": lambda: move.write({"partner_id": self.env.user.partner_id.id}),
        }
        for what, attempt in attempts.items():
            with self.subTest(what), self.refused("have to be those of"):
                attempt()
        with self.refused("Only a settlement links"):
            move.write({"channel_statement_id": False})

    def test_accountant_may_still_change_what_is_his(self):
        move = self.as_role("accountant", self.approve())[0]
        with Form(move) as form:
            form.invoice_date = "2025-05-05"
        self.assertEqual(str(move.invoice_date), "2025-05-05")

    def test_link_is_not_set_by_hand(self):
        statement = self.settlement.statement_ids[0]
        with self.refused("Only a settlement links"):
            self.make_invoice(self.dealer_a, {"soap": 1}, channel_statement_id=statement.id)
        # Of the right amounts, by a default that a client can send: it would be a second payment.
        Move = self.model("accountant", "account.move").with_context(
            default_channel_statement_id=statement.id
        )
        line = {"name": "x", "quantity": 1, "price_unit": statement.net_amount, "tax_ids": []}
        with self.refused("Only a settlement links"):
            Move.create(
                {
                    "move_type": "out_refund",
                    "partner_id": self.dealer_a.id,
                    "invoice_line_ids": [Command.create(line)],
                }
            )

    def test_delete_reset_and_cancel_go_through_the_settlement(self):
        moves = self.as_role("accountant", self.approve())
        with self.refused("Reverse the settlement instead"):
            moves[0].unlink()
        with self.refused("Reverse the settlement instead"):
            moves[0].button_cancel()
        moves.action_post()
        with self.refused("Reverse the settlement instead"):
            moves[0].button_draft()
        self.assertEqual(set(moves.mapped("show_reset_to_draft_button")), {False})
        other = self.make_invoice(self.dealer_a, {"soap": 1})
        self.assertTrue(other.show_reset_to_draft_button)
        other.button_draft()

    def test_reversal_cancels_drafts_and_reverses_posted(self):
        moves = self.approve()
        posted = self.statement_of(self.settlement, self.dealer_a).move_id
        self.as_role("accountant", posted).action_post()
        self.as_role("keeper", self.settlement).action_reverse()
        self.assertEqual(set((moves - posted).mapped("state")), {"cancel"})
        self.assertEqual((posted.state, posted.amount_residual), ("posted", 0))
        reversal = self.env["account.move"].search([("reversed_entry_id", "=", posted.id)])
        self.assertEqual(reversal.channel_statement_id, posted.channel_statement_id)
        self.assertEqual(self.settlement.state, "reversed")

    def test_reversed_period_can_be_settled_again(self):
        self.approve()
        self.as_role("keeper", self.settlement).action_reverse()
        again = self.settle()
        self.assertEqual(self.settled_amounts(again)["Dealer A"], (3107.00, 633.50, 2473.50))

    def test_accountants_own_reversal_is_refused(self):
        """Else the settlement's reversal would take the amount back a second time."""
        moves = self.as_role("accountant", self.approve())
        moves.action_post()
        wizard = (
            self.model("accountant", "account.move.reversal")
            .with_context(active_model="account.move", active_ids=moves[0].ids)
            .create({"journal_id": moves[0].journal_id.id})
        )
        with self.refused("Reverse the settlement instead"):
            wizard.refund_moves()
        with self.refused("Reverse the settlement instead"):
            wizard.modify_moves()
        self.make_invoice(self.dealer_a, {"soap": 1})._reverse_moves()

    def test_state_is_not_written_past_the_settlement(self):
        moves = self.as_role("accountant", self.approve())
        with self.refused("Reverse the settlement instead"):
            moves[0].write({"state": "cancel"})
        moves.action_post()
        with self.refused("Reverse the settlement instead"):
            moves[0].write({"state": "draft"})

    def test_date_stays_once_approved(self):
        self.as_role("officer", self.settlement).date = "2025-06-01"
        self.approve()
        with self.refused("dates of approved settlements"):
            self.as_role("officer", self.settlement).date = "2025-07-01"

    def test_closed_period_is_not_approved(self):
        self.as_role("keeper", self.period).action_close()
        with self.refused("2025-Q1 is closed"):
            self.approve()

    def test_goods_are_no_rebate_product(self):
        with self.refused("can't be the rebate product"):
            self.company.channel_rebate_product_id = self.products["soap"]

    def test_reversing_is_for_keepers(self):
        self.approve()
        for role in ("officer", "accountant", "salesperson", "sales_manager", "administrator"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, self.settlement).action_reverse()
