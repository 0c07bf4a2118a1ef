"""Documents, print, export and screens of year-end rebates."""

from datetime import date

from odoo.tests import Form, tagged

from .annual_common import DAYS, AnnualCase
from .tax_sets import TaxSets


@tagged("post_install", "-at_install")
class TestAnnualDocuments(TaxSets, AnnualCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax_13, cls.tax_9 = cls.make_tax(13), cls.make_tax(9)

    def settle_taxed_year(self):
        """Return a year-end run of boxes without tax and, in the third quarter, with two taxes."""
        self.products["box"].taxes_id = self.tax_13
        self.make_invoice(self.dealer, {"box": 33}, day=DAYS[2])
        self.products["box"].taxes_id = self.tax_9
        self.make_invoice(self.dealer, {"box": 77}, day=DAYS[2])
        self.settle_quarters()
        self.make_scorecard(self.dealer, 0.8567)
        return self.settle_year()

    def test_untaxed_total_is_the_net_of_several_tax_sets(self):
        statement = self.settle_taxed_year().statement_ids
        self.assertEqual(len(statement.line_ids), 3)
        self.assertEqual(statement.base_amount, 111000)
        # 0.8567 × (3,900 + 110 × 4.3), rounded once
        self.assertEqual(statement.net_amount, 3746.35)
        move = statement.move_id
        self.assertEqual(move.amount_untaxed, 3746.35)
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax_13 | self.tax_9)
        self.assertAlmostEqual(sum(statement.line_ids.mapped("amount")), 3746.35)

    def test_document_says_year_and_no_rate(self):
        self.company.channel_rebate_line_detail = "product"
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        self.dealer.lang = "en_US"
        line = self.settle_year().statement_ids.move_id.invoice_line_ids
        self.assertEqual(line.name, "Year-end rebate 2025: [BOX] Box")
        self.correct_quarter(0, 100)
        line = self.settle_year().statement_ids.move_id.invoice_line_ids
        self.assertEqual(line.name, "Year-end rebate 2025, correction 1: [BOX] Box")

    def test_posting_finishes_the_run_and_reversing_takes_it_back(self):
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        run = self.settle_year()
        run.statement_ids.move_id.action_post()
        self.assertEqual(run.state, "done")
        self.as_role("keeper", run).action_reverse()
        self.assertEqual(run.state, "reversed")
        self.assertEqual(run.statement_ids.reversal_move_id.state, "posted")

    def test_what_is_left_to_deduct_is_deducted(self):
        self.settle_quarters()
        self.correct_quarter(3, -100)
        self.make_scorecard(self.dealer, 1)
        statement = self.settle_year().statement_ids
        self.assertEqual(statement.carried_in_amount, -370)
        self.assertEqual(statement.gross_amount, 3530)
        self.assertEqual(statement.net_amount, 3160)
        self.assertEqual(statement.move_id.amount_untaxed, 3160)

    def test_two_currencies_two_statements(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": date(2024, 1, 1), "rate": 0.5}
        )
        other = self.make_dealer("Dealer B")
        agreements = self.make_agreement(other, {"box": "4"}, currency_id=euro.id)
        agreements |= self.make_agreement(other, {"box": "2"}, period=self.quarters[1])
        self.sign(agreements)
        self.make_invoice(other, {"box": 100}, currency_id=euro.id)
        self.make_invoice(other, {"box": 100}, day=DAYS[1])
        self.settle_quarters()
        self.make_scorecard(other, 1)
        found = {
            statement.currency_id.name: statement.net_amount
            for statement in self.settle_year().statement_ids
        }
        self.assertEqual(found, {"EUR": 400, self.company.currency_id.name: 200})

    # === Paper and screens === #

    def paper_of(self, statement):
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "channel_rebate.action_report_statement", statement.ids
        )
        return html.decode()

    def test_paper_lets_the_dealer_recompute(self):
        self.company.channel_annual_average = "simple"
        self.settle_quarters()
        self.make_scorecard(self.dealer, 0.8567)
        paper = self.paper_of(self.settle_year().statement_ids)
        for text in ("4.1 %", "3.9 %", "40,000.00", "1,480.00", "0.8567", "3,426.8", "2025-Q3"):
            self.assertIn(text, paper)
        self.assertIn("Year-end Rebate", paper)
        self.assertNotIn("Proof of the seal", paper)
        self.assertNotIn("Settled before", paper)

    def test_paper_shows_many_digits(self):
        dealer = self.make_dealer("A very long name of a dealer in a faraway place " * 3)
        self.make_year(dealer, sold=(100, 300, 100, 400), rates=("1", "2", "3.3333", "4"))
        self.settle_quarters()
        self.make_scorecard(dealer, 0.9)
        paper = self.paper_of(self.settle_year().statement_ids)
        # (100 + 600 + 333.33 + 1,600) ÷ 90,000
        self.assertIn("2.925922222222 %", paper)
        self.assertIn("2,369.997", paper)
        self.assertIn("2,370.00", paper)

    def test_paper_of_a_correction_says_what_was_settled(self):
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        self.settle_year()
        self.correct_quarter(0, 100)
        paper = self.paper_of(self.settle_year().statement_ids)
        for text in ("Correction", "Settled before", "3,315.00", "3,663.50", "348.50"):
            self.assertIn(text, paper)

    def test_form_shows_the_same_reckoning(self):
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        statement = self.settle_year().statement_ids
        for text in ("2025-Q4", "3.7 %", "3.9 %", "0.85", "3,315.00"):
            self.assertIn(text, statement.annual_reckoning)
        self.assertFalse(statement.source_ids[0].annual_reckoning)

    def test_forms_open_for_whoever_may_see_them(self):
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        draft = self.draft_year()
        self.assertTrue(Form(draft).year)
        draft.action_compute()
        for role in ("keeper", "officer"):
            form = Form(self.as_role(role, draft.statement_ids))
            self.assertEqual(form.expected_net_amount, 3315)
        self.as_role("keeper", draft).action_approve()
        self.correct_quarter(0, 100)
        for role in ("keeper", "officer", "accountant"):
            form = Form(self.as_role(role, draft))
            self.assertEqual(form.changed_dealer_ids[:], self.dealer)
        for role in ("salesperson", "sales_manager", "accountant"):
            form = Form(self.as_role(role, draft.statement_ids))
            self.assertIn("3,315.00", form.annual_reckoning)

    def test_no_proof_and_no_button_for_one(self):
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        run = self.settle_year()
        self.assertFalse(run.statement_ids.has_proof)
        self.assertFalse(run.lacks_proof)
        self.assertTrue(all(run.statement_ids.source_ids.mapped("has_proof")))
        self.as_role("keeper", run.statement_ids).action_make_proof()
        self.assertFalse(run.statement_ids.has_proof)

    def test_export_names_the_year(self):
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        run = self.as_role("officer", self.compute_year())
        statements, lines, sales = run._prepare_export()
        self.assertIn("Year-end 2025", statements[2][0])
        self.assertEqual(statements[2][0].count("Dealer A"), 2)
        self.assertEqual(len(lines[2]), 1)
        self.assertFalse(sales[2])

    def test_sales_behind_it_are_those_of_the_year(self):
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        statement = self.settle_year().statement_ids
        for action in (statement.action_open_sales(), statement.line_ids.action_open_sales()):
            found = self.env["channel.statement.sale"].search(action["domain"])
            self.assertEqual(sum(found.mapped("base_amount")), 100000)
        sources = self.env["channel.statement"].search(statement.action_open_sources()["domain"])
        self.assertEqual(sources, statement.source_ids.sorted())
