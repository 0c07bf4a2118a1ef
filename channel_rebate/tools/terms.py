"""What the seal says of an agreement line, and whether the line is still that."""

from .seal import says
from .tiers import NO_TIERS

# What lines mean that were sealed before they could have tiers.
UNSAID_TERMS = {"tier_mode": NO_TIERS}
# The models of what lines are for.
TARGETS = {
    "product": "product.product",
    "template": "product.template",
    "category": "product.category",
}


def make_target(applied_on, target_id):
    """Return what a line is for as text, empty for all products.

    >>> make_target("category", 4), make_target("all", None)
    ('product.category,4', '')
    """
    return f"{TARGETS[applied_on]},{target_id}" if target_id else ""


def make_lasting_terms(line_id, applied_on, target_id, measure, tier_mode):
    """Return what a seal says of a line and what can't change while it holds."""
    return {
        "line": line_id,
        "applied_on": applied_on,
        "target": make_target(applied_on, target_id),
        "measure": measure,
        "tier_mode": tier_mode,
    }


def still_says(text, line_id, applied_on, target_id, measure, tier_mode):
    """Tell whether the sealed text of a line says what the line is now.

    A quick look does for nearly all; texts of before there was a word for something are parsed.

    >>> text = '{"applied_on":"all","line":1,"measure":"amount","name":"","target":""}'
    >>> still_says(text, 1, "all", None, "amount", "none"), still_says(text, 2, "all", None, "", "")
    (True, False)
    """
    target = make_target(applied_on, target_id)
    return (
        # As canonical text puts them, from a key's quote to past its value: within a value a
        # quote is escaped, so that nothing in a name looks like a key.
        bool(text)
        and text.startswith(f'{{"applied_on":"{applied_on}",')
        and text.endswith(f',"target":"{target}","tier_mode":"{tier_mode}"}}')
        and f',"line":{line_id},' in text
        and f',"measure":"{measure}",' in text
    ) or says(
        text,
        make_lasting_terms(line_id, applied_on, target_id, measure, tier_mode),
        UNSAID_TERMS,
    )
