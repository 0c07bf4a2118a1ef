// What the tours of the flow share: the figures of its quarter, and looking for them in a page.
// The amounts are computed by hand from the rates, and settled again in test_browser_flow.py.

/** Rates in percent by partner and product, with digits that nothing else has. */
export const RATES = {
    "Dealer A": { Toothpaste: "3.1337", Soap: "4.2719", Shampoo: "5.3853" },
    "Dealer B": { Toothpaste: "2.1713", Soap: "4.6127", Shampoo: "5.7391" },
    "Sub S": { Toothpaste: "1.1579", Soap: "1.6213", Shampoo: "2.3467" },
};

/** By partner: the rebate of each product, then gross, passed on and net as far as they differ. */
export const AMOUNTS = {
    "Dealer A": ["517.06", "1,080.79", "1,723.30", "3,321.15", "676.09", "2,645.06"],
    "Dealer B": ["358.26", "1,167.01", "1,836.51", "3,361.78"],
    "Sub S": ["95.53", "205.09", "375.47", "676.09"],
};

export function figuresOf(partner) {
    return [...Object.values(RATES[partner]), ...AMOUNTS[partner]];
}

const ALL_FIGURES = Object.keys(RATES).flatMap(figuresOf);

/** Return all text of the page: shown, hidden, typed into fields and in tooltips. */
function getPageText() {
    const { body } = document;
    const fields = [...body.querySelectorAll("input, textarea, select")].map((el) => el.value);
    const attributes = [...body.querySelectorAll("[title], [data-tooltip], [data-tooltip-info]")]
        .flatMap((el) => [el.title, el.dataset.tooltip, el.dataset.tooltipInfo]);
    return [body.innerText, body.textContent, ...fields, ...attributes].join("\n");
}

/** Return which of the figures are in the page, with or without marks between thousands. */
export function findFigures(figures = ALL_FIGURES) {
    const text = getPageText().replaceAll(",", "");
    return figures.filter((figure) => text.includes(figure.replaceAll(",", "")));
}

/** Return a step that fails if the page has any rate or rebate of anybody. */
export function showsNoFigure(content, trigger) {
    return {
        content,
        trigger,
        run() {
            const found = findFigures();
            if (found.length) {
                throw new Error(`${content}: the page shows ${found.join(", ")}`);
            }
        },
    };
}

/** Return a step that fails if one of the figures is missing, or one of others is there. */
export function showsExactly(figures, content, trigger) {
    return {
        content,
        trigger,
        run() {
            const found = findFigures();
            const missing = figures.filter((figure) => !found.includes(figure));
            const more = found.filter((figure) => !figures.includes(figure));
            if (missing.length || more.length) {
                throw new Error(`${content}: missing [${missing}], should not be there [${more}]`);
            }
        },
    };
}
