from odoo.tools import SQL, sql


def migrate(cr, _version):
    """Fill in by SQL what Odoo would otherwise compute order by order.

    Sell-in orders name their dealer now, and channel orders their territory.
    """
    if not sql.column_exists(cr, "sale_order", "channel_territory_id"):
        sql.create_column(cr, "sale_order", "channel_territory_id", "int4")
    cr.execute(
        SQL(
            """
            UPDATE sale_order AS sale
               SET channel_dealer_id = COALESCE(sale.channel_dealer_id, partner.id),
                   channel_territory_id =
                   COALESCE(partner.channel_territory_id, dealer.channel_territory_id)
              FROM res_partner AS partner
         LEFT JOIN res_partner AS dealer ON dealer.id = partner.channel_dealer_id
             WHERE partner.id = sale.channel_partner_id
               AND sale.channel_tier IS NOT NULL
            """
        )
    )
