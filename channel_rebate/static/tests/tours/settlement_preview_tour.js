import { registry } from "@web/core/registry";

const row = ".o_settlement_preview_table tbody tr";
const search = ".o_settlement_preview_search";

registry.category("web_tour.tours").add("channel_settlement_preview", {
    steps: () => [
        { content: "all three are there", trigger: `${row}:eq(2):contains(Dealer B)` },
        { content: "the sub-distributor follows", trigger: `${row}:eq(1):contains(Sub S)` },
        { content: "net of the dealer", trigger: `${row}:eq(0):contains(2,473.50)` },
        {
            content: "what is paid out",
            trigger: ".o_settlement_preview_payout:contains(6,335.50)",
        },
        {
            content: "sum of the dealers",
            trigger: ".o_settlement_preview_table tfoot tr[data-role=dealer]:contains(5,702.00)",
        },
        { content: "look for one", trigger: search, run: "edit sub-s" },
        { content: "one is left", trigger: `.o_settlement_preview_table:not(:has(${row}:eq(1)))` },
        { content: "it is the one", trigger: `${row}:eq(0):contains(Sub S)` },
        { content: "look for a dealer", trigger: search, run: "edit dealer-a" },
        { content: "his sub-distributor comes along", trigger: `${row}:eq(1):contains(Sub S)` },
        { content: "look for nobody", trigger: search, run: "edit nobody at all" },
        { content: "nobody", trigger: ".o_nocontent_help:contains(Nobody found)" },
        { content: "escape takes the search away", trigger: search, run: "press Escape" },
        { content: "all are back", trigger: `${row}:eq(2)` },
        { content: "go down from the search", trigger: search, run: "press ArrowDown" },
        { content: "the first row has the focus", trigger: `${row}:eq(0):focus` },
        { content: "and further", trigger: `${row}:eq(0):focus`, run: "press ArrowDown" },
        { content: "the second one", trigger: `${row}:eq(1):focus`, run: "press Enter" },
        { content: "his form opens", trigger: ".o_form_view .o_breadcrumb:contains(Sub S)" },
        { content: "back", trigger: ".o_back_button", run: "click" },
        { content: "computed anew", trigger: `${row}:eq(2)` },
        { content: "another period", trigger: ".o_settlement_preview_period", run: "click" },
        {
            content: "the empty one",
            trigger: ".o-dropdown-item:contains(2025-Q2)",
            run: "click",
        },
        { content: "nothing to settle", trigger: ".o_nocontent_help:contains(Nothing to settle)" },
        { content: "compute again", trigger: ".o_settlement_preview_refresh", run: "click" },
        { content: "still nothing", trigger: ".o_nocontent_help:contains(Nothing to settle)" },
    ],
});

registry.category("web_tour.tours").add("channel_settlement_preview_refused", {
    steps: () => [
        {
            content: "why not",
            trigger: ".o_settlement_preview_error:contains(Only rate keepers)",
        },
        { content: "and no table", trigger: ".o_content:not(:has(.o_settlement_preview_table))" },
    ],
});
