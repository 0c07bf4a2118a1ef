import { registry } from "@web/core/registry";

const saved = ".o_rate_grid_table:not(:has(.o_rate_changed))";

/** Return the selector of a cell's input; rows and columns count from 0. */
function cell(row, column) {
    return `.o_rate_grid_table input[data-row="${row}"][data-column="${column}"]`;
}

function paste(target, text) {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    const options = { clipboardData, bubbles: true, cancelable: true };
    target.dispatchEvent(new ClipboardEvent("paste", options));
}

const typing = [
    { content: "type, and go down", trigger: cell(0, 0), run: "edit 3.250 && press Enter" },
    { content: "the cell below is next", trigger: `${cell(1, 0)}:focus` },
    { content: "the rate is tidied", trigger: `${cell(0, 0)}:value(3.25)` },
    { content: "the change is counted", trigger: ".o_rate_grid_status:contains(1 unsaved)" },
    { content: "a rate with a comma is none", trigger: cell(1, 0), run: "edit 4,5 && press Tab" },
    { content: "so it is marked", trigger: `.o_rate_invalid ${cell(1, 0).split(" ")[1]}` },
    { content: "nothing is saved like that", trigger: ".o_rate_grid_save", run: "click" },
    { content: "the reason is told", trigger: ".o_notification:contains(red)" },
    { content: "escape takes it back", trigger: `${cell(1, 0)}:focus`, run: "press Escape" },
    { content: "no mark is left", trigger: ".o_rate_grid_table:not(:has(.o_rate_invalid))" },
];

const pasting = [
    {
        content: "paste a block, one row too long",
        trigger: cell(0, 1),
        run: ({ anchor }) => paste(anchor, "4.5\t5.5%\r\n2\t1.0001\r\n9\t9\r\n"),
    },
    { content: "its last row fell outside", trigger: ".o_notification:contains(2 pasted values)" },
    { content: "the block is there", trigger: `${cell(1, 2)}:value(1.0001)` },
    { content: "save", trigger: ".o_rate_grid_save", run: "click" },
    { content: "all is saved", trigger: saved },
];

const leaving = [
    { content: "change one more", trigger: cell(0, 0), run: "edit 9" },
    { content: "open the agreement", trigger: "tbody .o_rate_partner a:first", run: "click" },
    { content: "stay", trigger: ".modal .btn-close", run: "click" },
    { content: "the change is kept", trigger: `${cell(0, 0)}:value(9)` },
    { content: "go to the others", trigger: "button[data-role=sub_distributor]", run: "click" },
    { content: "discard", trigger: ".modal button:contains(Discard)", run: "click" },
    { content: "the sub-distributor is shown", trigger: ".o_rate_partner:contains(Sub S)" },
    {
        content: "load the page anew",
        trigger: ".o_channel_rate_grid",
        run: () => window.location.reload(),
        expectUnloadPage: true,
    },
];

const reading = [
    { content: "the typed rate is back", trigger: `${cell(0, 0)}:value(3.25)` },
    { content: "and the pasted one", trigger: `${cell(0, 2)}:value(5.5)` },
    { content: "with the average", trigger: "td.o_rate_average:contains(4.4167)" },
    { content: "one is missing", trigger: "tbody td.o_rate_missing:contains(1)" },
    { content: "the sealed one is closed", trigger: "tbody tr:eq(2):not(:has(input))" },
];

registry.category("web_tour.tours").add("channel_rate_grid", {
    steps: () => [...typing, ...pasting, ...leaving, ...reading],
});
