"""Writes posted invoices and credit notes of dealers by SQL."""

from copies import FIRST, LAST, LINES_A_DOCUMENT, TAX_PERCENT, Copies
from odoo.fields import Command
from odoo.tools import SQL

# One document in so many is a credit note that takes back part of the invoice before it.
CREDIT_NOTE_EVERY = 20


class Invoices(Copies):
    """Sales of a quarter to dealers."""

    def make_invoices(self, dealers, lines):
        """Write posted invoices and credit notes with so many product lines in all.

        Documents take dealers in turn, and lines products in turn, so that all have about the same.
        """
        sources = self._make_source_documents(dealers[0])
        self._plan_documents(dealers, lines)
        for kind, move in sources.items():
            self._copy_moves(kind, move)
            self._copy_lines(kind, move)
        self.execute(
            """INSERT INTO account_move_line_account_tax_rel (account_move_line_id, account_tax_id)
               SELECT line.id, %(tax_id)s FROM bench_line AS line""",
            tax_id=self.products.taxes_id.id,
        )
        for table in ("account_move", "account_move_line"):
            self._set_sequence(table)
        sources["out_refund"].button_draft()
        sources["out_invoice"].button_draft()
        (sources["out_refund"] + sources["out_invoice"]).with_context(force_delete=True).unlink()
        self.env.invalidate_all()

    def _make_source_documents(self, partner):
        """Return the posted invoice and credit note of which the others are copies."""
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": kind,
                    "partner_id": partner.id,
                    "invoice_date": FIRST,
                    "invoice_line_ids": [Command.create({"product_id": self.products[0].id})],
                }
                for kind in ("out_invoice", "out_refund")
            ]
        )
        moves.action_post()
        self.env.flush_all()
        return {move.move_type: move for move in moves}

    def _plan_documents(self, dealers, lines):
        documents = max(len(dealers), -(-lines // LINES_A_DOCUMENT))
        self.execute("DROP TABLE IF EXISTS bench_document, bench_line")
        self.execute(
            """
            CREATE TEMP TABLE bench_document AS
            SELECT number, %(first_id)s + number AS id, partner.id AS partner_id, partner.name,
                   -- A credit note takes back what the dealer bought one round before.
                   CASE WHEN %(is_return)s THEN 'out_refund' ELSE 'out_invoice' END AS kind,
                   CASE WHEN %(is_return)s THEN %(first_id)s + number - %(dealers)s END
                       AS origin_id,
                   %(first)s::date + %(day)s AS date
              FROM generate_series(0, %(documents)s - 1) AS number
              JOIN unnest(%(dealer_ids)s::int[]) WITH ORDINALITY AS dealer(id, position)
                ON dealer.position = mod(number, %(dealers)s) + 1
              JOIN res_partner AS partner ON partner.id = dealer.id
            """,
            first_id=self._next_id("account_move"),
            is_return=SQL(
                """number >= %(dealers)s
                   AND mod(number + number / %(dealers)s, %(every)s) = %(every)s - 1""",
                dealers=len(dealers),
                every=CREDIT_NOTE_EVERY,
            ),
            first=FIRST,
            day=self.chance("number", (LAST - FIRST).days + 1, 1),
            documents=documents,
            dealers=len(dealers),
            dealer_ids=dealers.ids,
        )
        self._plan_lines(len(dealers), documents, lines)

    def _plan_lines(self, dealers, documents, lines):
        self.execute(
            """
            CREATE TEMP TABLE bench_line AS
            SELECT planned.*, product.id AS product_id, product.name AS label, product.uom_id,
                   product.price, ROUND(planned.quantity * product.price, 2) AS amount
              FROM (SELECT %(first_id)s + line.number AS id, document.id AS move_id, document.kind,
                           CASE WHEN document.kind = 'out_refund' THEN 1
                                ELSE 10 + %(quantity)s END AS quantity,
                           -- Of each dealer's documents one begins where the last one ended.
                           mod(document.number / %(dealers)s * %(lines_each)s
                               + line.number / %(documents)s, %(products)s) AS product_number
                      FROM generate_series(0, %(lines)s - 1) AS line(number)
                      JOIN bench_document AS document
                        ON document.number = mod(line.number, %(documents)s)
                   ) AS planned
              JOIN bench_product AS product ON product.number = planned.product_number
            """,
            first_id=self._next_id("account_move_line"),
            quantity=self.chance("line.number", 20, 2),
            dealers=dealers,
            documents=documents,
            lines=lines,
            lines_each=-(-lines // documents),
            products=len(self.products),
        )
        self.execute("CREATE INDEX ON bench_line (move_id)")
        self.execute("ANALYZE bench_document, bench_line")

    def _copy_moves(self, kind, move):
        """Copy the head of a document; a credit note's amounts in company currency are negative."""
        sign = -1 if kind == "out_refund" else 1
        prefix = f"BENCH/{kind[4:].upper()}/"
        changes = {
            "id": "document.id",
            "name": f"'{prefix}' || lpad(document.number::text, 7, '0')",
            "sequence_prefix": f"'{prefix}'",
            "sequence_number": "document.number",
            "payment_reference": f"'{prefix}' || document.number",
            "reversed_entry_id": "document.origin_id",
            "access_token": "NULL",
            "invoice_partner_display_name": "document.name",
            **dict.fromkeys(
                ("partner_id", "commercial_partner_id", "partner_shipping_id"),
                "document.partner_id",
            ),
            **dict.fromkeys(("invoice_date", "date", "invoice_date_due"), "document.date"),
            "amount_untaxed": "sums.untaxed",
            "amount_tax": "sums.tax",
            **dict.fromkeys(("amount_total", "amount_residual"), "sums.untaxed + sums.tax"),
            **dict.fromkeys(
                ("amount_untaxed_signed", "amount_untaxed_in_currency_signed"),
                f"{sign} * sums.untaxed",
            ),
            "amount_tax_signed": f"{sign} * sums.tax",
            **dict.fromkeys(
                (
                    "amount_total_signed",
                    "amount_total_in_currency_signed",
                    "amount_residual_signed",
                ),
                f"{sign} * (sums.untaxed + sums.tax)",
            ),
        }
        self._copy("account_move", move.id, changes, self._summed_documents(kind))

    def _summed_documents(self, kind):
        return SQL(
            """
            bench_document AS document
            JOIN (SELECT move_id, SUM(amount) AS untaxed,
                         ROUND(SUM(amount) * %s / 100, 2) AS tax
                    FROM bench_line GROUP BY move_id) AS sums
              ON sums.move_id = document.id AND document.kind = %s
            """,
            TAX_PERCENT,
            kind,
        )

    def _copy_lines(self, kind, move):
        side = -1 if kind == "out_invoice" else 1  # revenue is on the credit side
        common = {
            "move_id": "document.id",
            "partner_id": "document.partner_id",
            **dict.fromkeys(("date", "invoice_date"), "document.date"),
            "move_name": f"'BENCH/{kind[4:].upper()}/' || lpad(document.number::text, 7, '0')",
        }
        products = SQL(
            """bench_line AS line
               JOIN bench_document AS document ON document.id = line.move_id
                AND document.kind = %s""",
            kind,
        )
        of_type = move.line_ids.grouped("display_type")
        product_line, tax_line, due_line = map(of_type.get, ("product", "tax", "payment_term"))
        changes = {
            **common,
            "id": "line.id",
            "name": "line.label",
            "product_id": "line.product_id",
            "product_uom_id": "line.uom_id",
            "quantity": "line.quantity",
            "price_unit": "line.price",
            "price_subtotal": "line.amount",
            "price_total": f"ROUND(line.amount * {100 + TAX_PERCENT} / 100, 2)",
            **self._balance(f"{side} * line.amount"),
        }
        self._copy("account_move_line", product_line.id, changes, products)
        numbered = {"id": "nextval('account_move_line_id_seq')", **common}
        self._set_sequence("account_move_line")
        changes = {
            **numbered,
            **self._balance(f"{side} * sums.tax"),
            "tax_base_amount": "sums.untaxed",
        }
        self._copy("account_move_line", tax_line.id, changes, self._summed_documents(kind))
        due = f"{-side} * (sums.untaxed + sums.tax)"
        changes = {
            **numbered,
            **self._balance(due),
            **dict.fromkeys(("amount_residual", "amount_residual_currency"), due),
            "date_maturity": "document.date",
        }
        self._copy("account_move_line", due_line.id, changes, self._summed_documents(kind))

    @staticmethod
    def _balance(balance):
        return {
            "balance": balance,
            "amount_currency": balance,
            "debit": f"GREATEST({balance}, 0)",
            "credit": f"GREATEST(-({balance}), 0)",
        }

    def untax_invoices(self):
        """Take the tax of all invoices and credit notes away again, in balance."""
        self.execute("DELETE FROM account_move_line_account_tax_rel")
        self.execute("DELETE FROM account_move_line WHERE display_type = 'tax'")
        self.execute(
            """
            UPDATE account_move_line AS line
               SET balance = sums.balance, amount_currency = sums.balance,
                   debit = GREATEST(sums.balance, 0), credit = GREATEST(-sums.balance, 0),
                   amount_residual = sums.balance, amount_residual_currency = sums.balance
              FROM (SELECT move_id, -SUM(balance) AS balance FROM account_move_line
                     WHERE display_type = 'product' GROUP BY move_id) AS sums
             WHERE sums.move_id = line.move_id AND line.display_type = 'payment_term'
            """
        )
        self.execute(
            """
            UPDATE account_move
               SET amount_tax = 0, amount_tax_signed = 0,
                   amount_total = amount_untaxed, amount_residual = amount_untaxed,
                   amount_total_signed = amount_untaxed_signed,
                   amount_residual_signed = amount_untaxed_signed,
                   amount_total_in_currency_signed = amount_untaxed_in_currency_signed
             WHERE move_type IN ('out_invoice', 'out_refund')
            """
        )
