/** Rates as people write them: plain functions, in the number format of the user. */

import { localization } from "@web/core/l10n/localization";
import { formatFloat } from "@web/core/utils/numbers";
import { parseFloat } from "@web/views/fields/parsers";

const DIGITS = [12, 4];
// The highest rate by measure: percent, or amount per unit.
const HIGHEST = { amount: 100, quantity: 1e8 };

/**
 * Return the rate that a text says: `null` if it is blank, `NaN` if it is not a rate.
 *
 * A percent sign is allowed, also a full-width one. Not a rate are negative numbers, those with more
 * than four decimals, and those that group digits as nobody does: "4,5" is no 45.
 */
export function parseRate(text, measure) {
    const plain = text.normalize("NFKC").replace("%", "").trim();
    if (!plain) {
        return null;
    }
    let value;
    try {
        value = parseFloat(plain);
    } catch {
        return NaN;
    }
    const isExact = Number(value.toFixed(DIGITS[1])) === value;
    const isInRange = value >= 0 && value <= HIGHEST[measure];
    return isExact && isInRange && isGroupedWell(plain, value) ? value : NaN;
}

function isGroupedWell(text, value) {
    const { decimalPoint, thousandsSep } = localization;
    const [integer] = text.split(decimalPoint);
    const separator = thousandsSep.normalize("NFKC");
    const expected = formatRate(Math.trunc(value)).normalize("NFKC");
    return !separator || !integer.includes(separator) || integer === expected;
}

/** Return a rate as text, without trailing zeros; `null` is the empty text. */
export function formatRate(value) {
    return value === null ? "" : formatFloat(value, { digits: DIGITS, trailingZeros: false });
}

/** Return the rows of texts of a block that was copied from a spreadsheet. */
export function parseBlock(text) {
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
    return lines.map((line) => line.split("\t").map((cell) => cell.trim()));
}

/**
 * Return the simple averages of the rates that are entered, one for each measure among them:
 * percent and amounts per unit do not mix.
 */
export function averageRates(cells) {
    return Object.keys(HIGHEST).flatMap((measure) => {
        const values = cells
            .filter((cell) => cell.measure === measure && Number.isFinite(cell.value))
            .map((cell) => cell.value);
        const sum = values.reduce((total, value) => total + value, 0);
        return values.length ? [{ measure, text: formatRate(sum / values.length) }] : [];
    });
}
