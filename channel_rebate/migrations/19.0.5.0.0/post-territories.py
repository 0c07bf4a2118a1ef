import logging

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError

from odoo.addons.channel_rebate.tools.territory import ZipSyntaxError, parse_zips

_logger = logging.getLogger(__name__)


def migrate(cr, _version):
    """Turn states and zip prefixes of territories into areas, and their dealers into a history.

    What overlaps stays with the territory that came first, and is logged to be put right by hand.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for row in read_territories(cr):
        for values in prepare_areas(row, env["res.company"].browse(row["company_id"])):
            create_area(env, row["name"], values)
    for territory_id, partner_ids in read_dealers(cr):
        give_territory(env, territory_id, partner_ids)


def read_territories(cr):
    """Return the territories as they were, with the ids of their states."""
    cr.execute(
        """SELECT territory.id, territory.company_id, territory.name->>'en_US' AS name,
                  territory.country_id, territory.zip_prefixes,
                  COUNT(*) OVER (PARTITION BY territory.company_id, territory.country_id)
                  AS in_country,
                  ARRAY(SELECT res_country_state_id
                          FROM channel_territory_res_country_state_rel
                         WHERE channel_territory_id = territory.id
                         ORDER BY res_country_state_id) AS state_ids
             FROM channel_territory AS territory
         ORDER BY territory.id"""
    )
    return cr.dictfetchall()


def prepare_areas(row, company):
    """Return the values of a territory's areas: its states, and its zip codes beside them.

    A country alone was a default that nobody had chosen, unless no other territory has it.
    """
    states = company.env["res.country.state"].browse(row["state_ids"])
    values = [{"country_id": state.country_id.id, "state_id": state.id} for state in states]
    country_id = row["country_id"] or company.country_id.id
    for piece in (row["zip_prefixes"] or "").split(","):
        try:
            ranges = parse_zips(piece)
        except ZipSyntaxError:
            _logger.warning("Territory %s: %s is no zip code", row["name"], piece)
            continue
        values += [
            {"country_id": country_id, "zip_from": low, "zip_to": high} for low, high in ranges
        ]
    if not values and row["country_id"] and row["in_country"] == 1:
        values.append({"country_id": country_id})
    return [{"territory_id": row["id"], **area} for area in values]


def create_area(env, name, values):
    if not values["country_id"]:
        _logger.warning("Territory %s: zip code %s without a country", name, values["zip_from"])
        return
    try:
        with env.cr.savepoint():
            env["channel.territory.area"].create(values)
    except UserError as error:
        _logger.warning("Territory %s keeps an area for you to enter: %s", name, error)


def read_dealers(cr):
    """Return ``[(territory id, ids of the dealers who are there)]``, in the order of names.

    Those of other companies were put there by mistake.
    """
    cr.execute(
        """SELECT territory.id, ARRAY_AGG(partner.id ORDER BY partner.complete_name, partner.id)
             FROM res_partner AS partner
             JOIN channel_territory AS territory ON territory.id = partner.channel_territory_id
            WHERE partner.active AND partner.channel_is_entity AND partner.channel_role = 'dealer'
              AND COALESCE(partner.company_id, territory.company_id) = territory.company_id
         GROUP BY territory.id
         ORDER BY territory.id"""
    )
    return cr.fetchall()


def give_territory(env, territory_id, partner_ids):
    """Give a territory to the first of the dealers who are there."""
    territory = env["channel.territory"].browse(territory_id)
    first, *others = env["res.partner"].browse(partner_ids)
    try:
        with env.cr.savepoint():
            territory.dealer_id = first
    except UserError as error:
        _logger.warning("Territory %s: enter its dealer by hand: %s", territory.name, error)
        return
    for other in others:
        _logger.warning(
            "Territory %s belongs to %s now, not to %s, who is there as well",
            territory.name,
            first.name,
            other.name,
        )
