"""Documents come in one go: what is ours of it asks no more for many statements than for few."""

from contextlib import contextmanager

from odoo.tests import tagged

from .common import RATES_B, RATES_S
from .tax_sets import TaxSetsCase


@tagged("post_install", "-at_install")
class TestQueries(TaxSetsCase):
    @contextmanager
    def counted(self, counts):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        yield
        counts.append(self.env.cr.sql_log_count - before)

    def revealed(self, dealers):
        """Return the statements of a run that was revealed and has no documents yet."""
        for number in range(dealers):
            dealer = self.make_dealer(f"Dealer {number}")
            sub = self.make_sub(f"Sub {number}", dealer)
            agreements = self.make_agreement(dealer, RATES_B) | self.make_agreement(sub, RATES_S)
            self.sign(agreements)
            self.make_invoice(dealer, {"toothpaste": 10, "soap": 10})
            self.make_order(sub, {"toothpaste": 5, "soap": 5})
        self.as_role("officer", self.settlement).action_compute()
        self.as_role("keeper", self.settlement.statement_ids)._reveal()
        return self.settlement.statement_ids.sudo().with_prefetch()

    def count_steps(self, statements):
        """Return the queries of creating, posting and reversing the documents of statements."""
        keeper, counts = self.users["keeper"], []
        with self.counted(counts):
            statements._create_documents(keeper)
            self.env.flush_all()
        with self.counted(counts):
            self.as_role("accountant", statements.move_id).action_post()
            self.env.flush_all()
        self.assert_numbered(statements.move_id)
        with self.counted(counts):
            statements._reverse_documents()
            self.env.flush_all()
        return counts

    def assert_numbered(self, moves):
        """Check that the numbers of posted documents follow each other."""
        numbers = [int(move.name.split("/")[-1]) for move in moves.sorted("id")]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(moves))))

    def test_documents(self):
        """Twice the documents cost no more queries; for whoever follows one Odoo has some more."""
        statements = self.revealed(17)
        self.settlement._move_to("approved", allowed=("computed",))
        self.count_steps(statements[:4])
        few, many = self.count_steps(statements[4:14]), self.count_steps(statements[14:34])
        created, posted, reversed_ = (
            (more - less) / 10 for less, more in zip(few, many, strict=True)
        )
        self.assertLessEqual(created, 0.5)
        self.assertLessEqual(posted, 0.5)
        self.assertLessEqual(reversed_, 0.5)

    def test_messages_of_posting(self):
        """Of each document Odoo inserts a message and what has changed, and asks nothing else."""
        statements = self.revealed(17).with_context(tracking_disable=False)
        self.settlement._move_to("approved", allowed=("computed",))
        counts = []
        for some in (statements[:4], statements[4:14], statements[14:34]):
            some._create_documents(self.users["keeper"])
            self.env.cr.flush()
            with self.counted(counts):
                self.as_role("accountant", some.move_id).action_post()
                self.env.cr.flush()
        self.assertLessEqual((counts[2] - counts[1]) / 10, 2.5)

    def test_values_of_documents(self):
        statements = self.revealed(12)
        for kind in ("credit_note", "vendor_bill", "payment_entry"):
            self.company.channel_sub_document = kind
            for tax in (self.tax_13, self.tax_9):
                self.make_tax(tax.amount, type_tax_use="purchase", name=f"{kind} {tax.name}")
            self.company.channel_rebate_product_id.supplier_taxes_id = self.env[
                "account.tax"
            ].search([("type_tax_use", "=", "purchase"), ("name", "like", kind)])
            counts = []
            statements[:4]._prepare_move_values_list(self.env.user)
            for some in (statements[:2] | statements[-2:], statements):
                with self.counted(counts):
                    some._prepare_move_values_list(self.env.user)
            with self.subTest(kind):
                self.assertLessEqual(counts[1], counts[0])

    def count(self, step):
        """Return how many statements a step sends, and take it back."""
        counts = []
        with self.env.cr.savepoint() as savepoint, self.counted(counts):
            step()
            self.env.flush_all()
            savepoint.rollback()
        return counts[0]

    def test_batches(self):
        """A batch asks for little more than making documents at once, and not for each of them."""
        self.company.channel_rebate_post_documents = True
        statements = self.revealed(12).filtered("net_amount")
        # The first document of all makes somebody a customer.
        statements.partner_id.customer_rank = 1
        run = self.settlement
        run._move_to("approved", allowed=("computed",), approved_by_id=self.users["keeper"].id)
        added = []
        for some in (statements[:10], statements[:10], statements[:20]):
            at_once = self.count(lambda some=some: some._create_documents(self.env.user))

            def in_batches(some=some):
                some._queue_documents()
                for _step in ("create", "post"):
                    self.env.invalidate_all()
                    done, _left = run._work_at_documents(len(some))
                    self.assertEqual(done, len(some))

            added.append(self.count(in_batches) - at_once)
        self.assertLess(added[2] - added[1], 5)
        self.assertLess(added[2], 40)
