import { registry } from "@web/core/registry";
import { figuresOf, showsExactly, showsNoFigure } from "./flow_figures";
import {
    CHANNEL,
    openApp,
    openMenu,
    patient,
    RATES_BUTTON,
    RATES_MENU,
    row,
    selectAll,
    status,
} from "./flow_steps";

const NETWORK = "channel_rebate.channel_network_menu";
const AGREEMENTS = "channel_rebate.channel_agreements_menu";
const SETTLEMENTS = "channel_rebate.channel_settlements_menu";
const STATEMENTS = "channel_rebate.channel_statement_menu";

/** The messages are the last thing of a form to come. */
const messages = ".o-mail-Chatter .o-mail-Thread:not(:contains(Loading))";
const withoutWay = `body:not(:has(${RATES_BUTTON})):not(:has(${RATES_MENU}))`;

const dealer = [
    ...openMenu(NETWORK, "channel_rebate.channel_dealer_menu"),
    { content: "open the dealer", trigger: `${row("Dealer A")} td[name=name]`, run: "click" },
    { content: "it is open", trigger: ".o_form_view button:contains(Sub-distributors)" },
    showsNoFigure("the dealer's form has no rate", `.o_form_view ${messages}`),
    { content: "look at the rest", trigger: ".o_notebook a[name=sales_purchases]", run: "click" },
    showsNoFigure("nor has the rest of it", ".o_form_view [name=channel_role]:contains(Dealer)"),
];

const agreement = [
    ...openMenu(AGREEMENTS),
    {
        content: "there is no menu for rates",
        trigger: `${withoutWay} [data-menu-xmlid="channel_rebate.channel_agreement_menu"]`,
        run: "click",
    },
    { content: "the list of agreements", trigger: row("Dealer A", "Signed") },
    selectAll,
    showsNoFigure(
        "nothing there leads to a rate, nor for what is selected",
        `${withoutWay} .o_list_view:has(.o_selection_box)`
    ),
    { content: "select nothing", trigger: ".o_selection_box .o_unselect_all", run: "click" },
    {
        content: "open the agreement",
        trigger: `${row("Dealer A")} td[name=partner_id]`,
        run: "click",
    },
    { content: "it is open", trigger: `.o_form_view ${status("Signed")}` },
    showsNoFigure("the agreement's form has no rate", `${withoutWay} .o_form_view ${messages}`),
    { content: "look at the seal", trigger: ".o_notebook a[name=seal]", run: "click" },
    { content: "the fingerprint is there", trigger: "[name=fingerprint]" },
    showsNoFigure("nor is it beside the seal", "[name=seal_header]"),
];

const order = [
    ...openMenu("channel_rebate.channel_order_menu"),
    {
        content: "the dealer's orders",
        trigger: ".o_group_header:contains(Sell-in)",
        run: "click",
    },
    { content: "open his order", trigger: `${row("Dealer A")} td[name=name]`, run: "click" },
    { content: "it is open", trigger: ".o_form_view [name=order_line] .o_data_row:eq(2)" },
    showsNoFigure("the order's form has no rate", `.o_form_view ${messages}`),
    { content: "look at the rest", trigger: ".o_notebook a[name=other_information]", run: "click" },
    showsNoFigure("nor has the rest of it", ".o_notebook .active:contains(Other Info)"),
];

const noStatement = [
    ...openMenu(SETTLEMENTS, STATEMENTS),
    { content: "no statement yet", trigger: ".o_nocontent_help:contains(No statement yet)" },
];

registry.category("web_tour.tours").add("channel_flow_salesperson", {
    steps: () => patient([...openApp(CHANNEL), ...dealer, ...agreement, ...order, ...noStatement]),
});

registry.category("web_tour.tours").add("channel_flow_salesperson_learns", {
    steps: () =>
        patient([
            ...openApp(CHANNEL),
            ...openMenu(SETTLEMENTS, STATEMENTS),
            {
                content: "dealer B is not his",
                trigger: `.o_list_view:has(${row("Dealer A")}):not(:has(${row("Dealer B")}))`,
            },
            {
                content: "open dealer A's statement",
                trigger: `${row("Dealer A")} td[name=partner_id]`,
                run: "click",
            },
            {
                content: "the net amount is there",
                trigger: ".o_form_view [name=net_amount]:contains(2,645.06)",
            },
            showsExactly(
                figuresOf("Dealer A"),
                "all his figures are known now, and nobody else's",
                "[name=line_ids] .o_data_row:eq(2)"
            ),
        ]),
});
