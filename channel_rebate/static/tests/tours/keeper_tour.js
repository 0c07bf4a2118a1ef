import { registry } from "@web/core/registry";
import { findFigures, RATES } from "./flow_figures";
import {
    CHANNEL,
    chooseFile,
    confirmDialog,
    confirmRefusal,
    openApp,
    openMenu,
    patient,
    RATES_BUTTON,
    row,
    selectAll,
    status,
} from "./flow_steps";

// A file that begins like one is enough.
const SCAN = new File(["%PDF-1.4\n"], "signed.pdf", { type: "application/pdf" });

const AGREEMENTS = "channel_rebate.channel_agreements_menu";

function typeRate(partner, product, rate) {
    return [
        {
            content: `open the rate of ${partner}, ${product}`,
            trigger: `${row(partner, product)} td[name=rate]`,
            run: "click",
        },
        {
            content: `type ${rate}`,
            trigger: `${row(partner, product)}.o_selected_row [name=rate] input`,
            run: `edit ${rate}`,
        },
    ];
}

const typing = Object.entries(RATES).flatMap(([partner, rates]) =>
    Object.entries(rates).flatMap(([product, rate]) => typeRate(partner, product, rate))
);

const checking = [
    { content: "save the last one", trigger: ".o_list_button_save", run: "click" },
    {
        content: "the search for figures is able to find them: all rates are here",
        trigger: ".o_list_view:not(:has(.o_selected_row))",
        run() {
            const rates = Object.values(RATES).flatMap((byProduct) => Object.values(byProduct));
            const found = findFigures();
            if (found.length !== rates.length || !rates.every((rate) => found.includes(rate))) {
                throw new Error(`of the rates ${rates} the page shows ${found}`);
            }
        },
    },
];

const sealing = [
    ...openMenu(AGREEMENTS, "channel_rebate.channel_agreement_menu"),
    { content: "the list of agreements", trigger: row("Dealer B", "Draft") },
    selectAll,
    { content: "a way back to the rates", trigger: RATES_BUTTON },
    { content: "seal", trigger: "button[name=action_seal]", run: "click" },
    confirmDialog("lines and rates can't change any more"),
    { content: "all are sealed", trigger: ".o_list_view:not(:has(.o_data_row:contains(Draft)))" },
    { content: "the sub-distributor's too", trigger: row("Sub S", "Sealed") },
];

const signing = [
    selectAll,
    { content: "mark as signed", trigger: "button[name=action_sign]", run: "click" },
    {
        content: "not without the papers",
        trigger: ".modal footer button[name=action_sign]",
        run: "click",
    },
    confirmRefusal("The signed paper is missing"),
    {
        content: "one scan for all of them",
        trigger: ".modal .o_inner_group [name=paper] .o_select_file_button",
        run: () => chooseFile(".modal .o_inner_group [name=paper] input[type=file]", SCAN),
    },
    { content: "it is taken", trigger: ".modal .o_inner_group [name=paper] .o_clear_file_button" },
    {
        content: "the day and the partners' own names are proposed",
        trigger: ".modal footer button[name=action_sign]",
        run: "click",
    },
    { content: "the dealer's is signed", trigger: row("Dealer A", "Signed") },
    { content: "the sub-distributor's too", trigger: row("Sub S", "Signed") },
];

registry.category("web_tour.tours").add("channel_flow_keeper", {
    steps: () =>
        patient([
            ...openApp(CHANNEL),
            ...openMenu(AGREEMENTS, "channel_rebate.channel_rate_menu"),
            ...typing,
            ...checking,
            ...sealing,
            ...signing,
        ]),
});

registry.category("web_tour.tours").add("channel_flow_keeper_approves", {
    steps: () =>
        patient([
            ...openApp(CHANNEL),
            ...openMenu(
                "channel_rebate.channel_settlements_menu",
                "channel_rebate.channel_settlement_menu"
            ),
            {
                content: "open the settlement",
                trigger: `${row("Computed")} td[name=name]`,
                run: "click",
            },
            { content: "approve", trigger: "button[name=action_approve]", run: "click" },
            confirmDialog("from now on the rates are known"),
            { content: "it is approved", trigger: status("Approved") },
            {
                content: "there are credit notes",
                trigger: "button[name=action_open_documents]:contains(3)",
            },
        ]),
});
