import { stepUtils } from "@web_tour/tour_utils";

export const CHANNEL = "channel_rebate.channel_menu_root";

/** The ways to the rates that the screens of holders offer. */
export const RATES_BUTTON = "button[name=action_open_rates]";
export const RATES_MENU = "[data-menu-xmlid*=channel_rate_]";

/** Give each step more time than the default, for a machine that is busy with other things. */
export function patient(steps) {
    return steps.map((step) => ({ timeout: 30000, ...step }));
}

/** Return the steps that open an app from anywhere. */
export function openApp(app) {
    return stepUtils.goToAppSteps(app, "open the app");
}

/** Return the steps that open a menu item of the app; a section of its own needs no item. */
export function openMenu(section, item) {
    return [section, item].filter(Boolean).map((xmlid) => ({
        content: `menu ${xmlid}`,
        trigger: `[data-menu-xmlid="${xmlid}"]`,
        run: "click",
    }));
}

/** Return the selector of the rows of a list that have all these texts. */
export function row(...texts) {
    return `.o_data_row${texts.map((text) => `:has(td:contains(${text}))`).join("")}`;
}

/** Return the selector of a form's status. */
export function status(label) {
    return `.o_statusbar_status .o_arrow_button_current:contains(${label})`;
}

export function confirmDialog(content) {
    return { content, trigger: ".modal footer .btn-primary", run: "click" };
}

/** Return the step that reads a refusal and closes it, with the form below still open. */
export function confirmRefusal(text) {
    return {
        content: `refused: ${text}`,
        trigger: `.modal:contains(${text}) footer .btn-primary`,
        run: "click",
    };
}

/** Choose a file for a hidden input, as the dialog of the browser would. */
export function chooseFile(selector, file) {
    const chosen = new DataTransfer();
    chosen.items.add(file);
    const input = document.querySelector(selector);
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

export const selectAll = {
    content: "select all",
    trigger: "thead .o_list_record_selector input:not(:checked)",
    run: "click",
};
