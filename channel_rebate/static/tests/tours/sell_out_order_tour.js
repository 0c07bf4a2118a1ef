import { registry } from "@web/core/registry";
import tourUtils from "@sale/js/tours/tour_utils";
import { patient, status } from "./flow_steps";

const field = (name) => `.o_form_view .o_field_widget[name=${name}]`;

/** Tell whether a report was downloaded: that leaves nothing on the page. */
function isDownloaded() {
    return performance
        .getEntriesByType("resource")
        .some((entry) => entry.name.endsWith("/report/download"));
}

/** Return the steps that add a line, the only one of its product. */
function addLine(product, quantity, number) {
    return [
        ...tourUtils.addProduct(product, number),
        {
            content: "its price is there",
            trigger: `.o_data_row:eq(${number - 1}):not(:has([name=price_subtotal]:contains("$ 0.00")))`,
        },
        {
            content: `order ${quantity}`,
            trigger: ".o_selected_row [name=product_uom_qty] input",
            run: `edit ${quantity}`,
        },
        ...tourUtils.clickSomewhereElse(),
    ];
}

const makeOrder = [
    ...tourUtils.createNewSalesOrder(),
    ...tourUtils.selectCustomer("Sub S"),
    {
        content: "he orders from a dealer, which the form says at once",
        trigger: `${field("channel_tier")}:contains(Sell-out)`,
    },
    {
        content: "it is his own dealer",
        trigger: `${field("channel_dealer_id")}:contains(Dealer A)`,
    },
    ...addLine("Toothpaste", 50, 1),
    ...addLine("Soap", 40, 2),
    ...addLine("Shampoo", 30, 3),
    {
        content: "the total is right",
        trigger: ".oe_subtotal_footer:contains(27,970.00), .o_tax_total_label ~ *:contains(27,970.00)",
    },
    { content: "confirm", trigger: "button[name=action_confirm]:visible", run: "click" },
    { content: "it is confirmed", trigger: `.o_form_view ${status("Sales Order")}` },
    {
        content: "nothing is to be invoiced or delivered",
        trigger: ".o_form_view:not(:has(#create_invoice:visible, button:contains(Create Invoice):visible))",
    },
];

const printOrder = [
    { content: "actions", trigger: ".o_cp_action_menus button:has(.fa-cog)", run: "click" },
    { content: "print", trigger: ".o_popover button:contains(Print)", run: "click" },
    {
        content: "the five-part order",
        trigger: ".o_popover .o-dropdown-item:contains(Five-part Order)",
        run: "click",
    },
    {
        content: "the browser has it",
        trigger: "body",
        async run() {
            while (!isDownloaded()) {
                await new Promise((resolve) => setTimeout(resolve, 100));
            }
        },
    },
];

registry.category("web_tour.tours").add("channel_sell_out_order", {
    steps: () => patient([...makeOrder, ...printOrder]),
});
