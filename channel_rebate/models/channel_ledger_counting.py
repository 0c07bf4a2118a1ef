from odoo import api, models
from odoo.tools import SQL


class ChannelLedger(models.AbstractModel):
    """Whose sales are looked at, and what a verdict needs: versions, agreement lines, payments.

    Tables that this file gives to the others:

    * ``counting_product``: units, and why a product can't count
    * ``counting_party``: a row a partner and period, with currencies; a statement is made for each.
      Joined by an id of its own: of two columns PostgreSQL takes far too few rows to match
    * ``counting_agreement``: the agreements, with the days on which each applies
    * ``counting_covering``: the agreement line that a product falls under
    * ``counting_unpaid``: invoices that do not count on paid basis
    """

    _inherit = "channel.ledger"

    @api.model
    def _agreement_tables(self, agreements):
        return {
            "counting_product": SQL(
                """
                SELECT product.id, template.uom_id, unit.factor,
                       CASE WHEN template.type IN ('service', 'combo') THEN 'service' END AS flaw
                  FROM product_product AS product
                  JOIN product_template AS template ON template.id = product.product_tmpl_id
                  JOIN uom_uom AS unit ON unit.id = template.uom_id
                """
            ),
            "counting_party": SQL(
                """
                SELECT ROW_NUMBER() OVER ()::int AS id, party.*,
                       company.currency_id AS company_currency_id,
                       split_part(company.parent_path, '/', 1)::int AS root_company_id,
                       period.date_from, period.date_to
                  FROM (SELECT DISTINCT role, partner_id, company_id, currency_id, period_id
                          FROM channel_agreement WHERE id = ANY(%s)) AS party
                  JOIN channel_period AS period ON period.id = party.period_id
                  JOIN res_company AS company ON company.id = party.company_id
                """,
                agreements.ids,
            ),
            "counting_agreement": SQL(
                """
                SELECT agreement.id, party.id AS party_id, agreement.role, agreement.basis,
                       agreement.date_from, dealer.partner_id AS dealer_id,
                       -- The day before the next version begins, which need not be signed yet.
                       LEAST(party.date_to, (
                           SELECT MIN(later.date_from) - 1
                             FROM channel_agreement AS later
                            WHERE later.partner_id = agreement.partner_id
                              AND later.period_id = agreement.period_id
                              AND later.version > agreement.version
                              AND later.state IN ('sealed', 'signed', 'revealed'))) AS date_to
                  FROM channel_agreement AS agreement
                  JOIN counting_party AS party
                    ON party.partner_id = agreement.partner_id
                   AND party.period_id = agreement.period_id
             LEFT JOIN channel_agreement AS dealer ON dealer.id = agreement.dealer_agreement_id
                 WHERE agreement.id = ANY(%s)
                """,
                agreements.ids,
            ),
        }

    @api.model
    def _version(self, row):
        """Return the join of a row of a party with the agreement that applies on its ``date``."""
        return SQL(
            """
         LEFT JOIN counting_agreement AS agreement
                ON agreement.party_id = %(row)s.party_id
               AND %(row)s.date BETWEEN agreement.date_from AND agreement.date_to
            """,
            row=row,
        )

    @api.model
    def _covering_query(self):
        """Return the agreement line that a product falls under: the most specific one.

        Lines for a variant are there as they are; the others are looked up for what was sold.
        """
        return SQL(
            """
            WITH own AS MATERIALIZED (
                SELECT line.agreement_id, line.product_id, line.id
                  FROM counting_agreement AS agreement
                  JOIN channel_agreement_line AS line ON line.agreement_id = agreement.id
            )
            SELECT own.agreement_id, own.product_id, own.id AS agreement_line_id
              FROM own WHERE own.product_id IS NOT NULL
             UNION ALL
            SELECT pair.agreement_id, pair.product_id, nearest.id
              FROM (%(pairs)s) AS pair
              JOIN product_product AS product ON product.id = pair.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
         LEFT JOIN product_category AS category ON category.id = template.categ_id
              JOIN LATERAL (
                    SELECT line.id
                      FROM channel_agreement_line AS line
                 LEFT JOIN product_category AS line_category ON line_category.id = line.categ_id
                     WHERE line.agreement_id = pair.agreement_id
                       AND (line.product_tmpl_id = template.id
                            OR category.parent_path LIKE line_category.parent_path || '%%'
                            OR line.applied_on = 'all')
                  ORDER BY line.product_tmpl_id IS NULL,
                           length(line_category.parent_path) DESC NULLS LAST
                     LIMIT 1
                   ) AS nearest ON true
             WHERE NOT EXISTS (
                   SELECT FROM own
                    WHERE own.agreement_id = pair.agreement_id
                      AND own.product_id = pair.product_id)
            """,
            pairs=self._wide_pairs_query(),
        )

    @api.model
    def _wide_pairs_query(self):
        """Return what was sold under agreements that have other lines than for variants."""
        return SQL(
            """
            WITH wide AS MATERIALIZED (
                SELECT DISTINCT agreement.id, agreement.party_id
                  FROM counting_agreement AS agreement
                  JOIN channel_agreement_line AS line
                    ON line.agreement_id = agreement.id AND line.product_id IS NULL
            )
            SELECT wide.id AS agreement_id, line.product_id
              FROM wide
              JOIN counting_batch AS batch ON batch.party_id = wide.party_id
              JOIN (%s) AS line ON line.batch_id = batch.id
             UNION
            SELECT wide.id, back.product_id
              FROM wide
              JOIN counting_returning AS back ON back.party_id = wide.party_id
             UNION
            SELECT wide.id, ordered.product_id
              FROM wide
              JOIN counting_order_batch AS ordering ON ordering.party_id = wide.party_id
              JOIN (%s) AS ordered ON ordered.batch_id = ordering.id
            """,
            self._packs_of("counting_invoiced"),
            self._packs_of("counting_ordered"),
        )

    @api.model
    def _unpaid_query(self, cutoff):
        """Return the invoices on paid basis whose residual was not zero at the cut-off.

        An amount due is looked at in its own currency, without what was reconciled later.
        """
        reconciled = """
            COALESCE((SELECT SUM(partial.%(side)s_amount_currency)
                        FROM account_partial_reconcile AS partial
                       WHERE partial.%(side)s_move_id = due.id
                         AND partial.max_date <= %(cutoff)s), 0)"""
        return SQL(
            """
            SELECT DISTINCT due.move_id
              FROM (SELECT DISTINCT part.sale_move_id
                      FROM (SELECT party_id, move_id AS sale_move_id FROM counting_document
                             UNION ALL
                            SELECT party_id, sale_move_id FROM (%(parts)s) AS back
                           ) AS part
                      JOIN counting_agreement AS agreement
                        ON agreement.party_id = part.party_id AND agreement.basis = 'paid'
                   ) AS sale
              JOIN account_move_line AS due ON due.move_id = sale.sale_move_id
              JOIN account_account AS account ON account.id = due.account_id
              JOIN res_currency AS currency ON currency.id = due.currency_id
             WHERE account.account_type = 'asset_receivable'
               AND ABS(due.amount_currency - %(debit)s + %(credit)s) >= currency.rounding / 2
            """,
            parts=self._parts_query(),
            debit=SQL(reconciled, side=SQL("debit"), cutoff=cutoff),
            credit=SQL(reconciled, side=SQL("credit"), cutoff=cutoff),
        )
