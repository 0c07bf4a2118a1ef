from odoo.tools import SQL


def migrate(cr, _version):
    """Begin the history of the sub-distributors who are there: so far it has been one dealer.

    And nothing is open to be invoiced on sell-out orders, which older versions did not say.
    """
    cr.execute(
        SQL(
            """
            INSERT INTO channel_dealer_assignment (partner_id, dealer_id)
            SELECT partner.id, partner.channel_dealer_id
              FROM res_partner AS partner
             WHERE partner.channel_is_entity
               AND partner.channel_role = 'sub_distributor'
               AND partner.channel_dealer_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM channel_dealer_assignment AS assignment
                                WHERE assignment.partner_id = partner.id)
            """
        )
    )
    cr.execute(
        SQL(
            """
            UPDATE sale_order_line AS line
               SET untaxed_amount_to_invoice = 0
              FROM sale_order AS sale
             WHERE sale.id = line.order_id AND sale.channel_tier = 'sell_out'
            """
        )
    )
    # Odoo installs an add-on that joins two others when one of them comes, not when it is new.
    cr.execute(
        SQL(
            """
            UPDATE ir_module_module AS glue
               SET state = 'to install'
              FROM ir_module_module AS other
             WHERE glue.state = 'uninstalled' AND other.state IN ('installed', 'to upgrade')
               AND (glue.name, other.name) IN (('channel_rebate_stock', 'sale_stock'),
                                               ('channel_rebate_loyalty', 'sale_loyalty'),
                                               ('channel_rebate_pos', 'pos_sale'),
                                               ('channel_rebate_crm', 'sale_crm'))
            """
        )
    )
