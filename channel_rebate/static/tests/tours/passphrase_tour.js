import { registry } from "@web/core/registry";

const passphrase = "seven geese cross the ice";
const inputOf = (place, number = 0) => `${place} input[type=password]:eq(${number})`;
const dialog = ".modal .o_channel_passphrase_step";
const locked = ".o_settlement_preview_locked";

registry.category("web_tour.tours").add("channel_passphrase", {
    steps: () => [
        { content: "nothing shows", trigger: ".o_form_view .alert:contains(locked)" },
        { content: "show amounts", trigger: "button[name=action_show_amounts]", run: "click" },
        { content: "a wrong one", trigger: inputOf(locked), run: "edit not the right one" },
        { content: "try it", trigger: `${locked} button[type=submit]`, run: "click" },
        { content: "is told", trigger: `${locked} .o_channel_passphrase_error:contains(not the)` },
        { content: "the right one", trigger: inputOf(locked), run: `edit ${passphrase}` },
        { content: "try it", trigger: `${locked} button[type=submit]`, run: "click" },
        {
            content: "the dealer's net is there",
            trigger: ".o_settlement_preview_table tbody tr:eq(0):contains(2,473.50)",
        },
        {
            content: "what is paid out",
            trigger: ".o_settlement_preview_payout:contains(6,335.50)",
        },
        { content: "compute again", trigger: ".o_settlement_preview_refresh", run: "click" },
        { content: "is locked again", trigger: inputOf(locked) },
        { content: "back to the settlement", trigger: ".o_back_button", run: "click" },
        { content: "approve", trigger: "button[name=action_approve]", run: "click" },
        { content: "yes", trigger: ".modal-footer .btn-primary", run: "click" },
        { content: "it asks", trigger: inputOf(dialog), run: "edit not the right one" },
        { content: "a wrong one", trigger: `${dialog} button[type=submit]`, run: "click" },
        { content: "is told", trigger: `${dialog} .o_channel_passphrase_error:contains(not the)` },
        { content: "the right one", trigger: inputOf(dialog), run: `edit ${passphrase}` },
        { content: "go on", trigger: `${dialog} button[type=submit]`, run: "click" },
        {
            content: "approved, and the dialog is gone",
            trigger: "body:not(:has(.modal)) .o_statusbar_status button.o_arrow_button_current:contains(Approved)",
        },
    ],
});

registry.category("web_tour.tours").add("channel_passphrase_settings", {
    steps: () => {
        const page = ".modal .o_channel_passphrase_settings";
        return [
            { content: "not set yet", trigger: `${page}:contains(forgotten passphrase)` },
            { content: "type it", trigger: inputOf(page), run: `edit ${passphrase}` },
            { content: "and again", trigger: inputOf(page, 1), run: `edit ${passphrase}` },
            { content: "set it", trigger: `${page} button[type=submit]`, run: "click" },
            { content: "it is set", trigger: `${page}:contains(are locked with a passphrase)` },
            { content: "old one", trigger: inputOf(page), run: `edit ${passphrase}` },
            { content: "new one", trigger: inputOf(page, 1), run: "edit eight swans leave" },
            { content: "and again", trigger: inputOf(page, 2), run: "edit eight swans leave" },
            { content: "change it", trigger: `${page} button[type=submit]`, run: "click" },
            { content: "is told", trigger: ".o_notification:contains(is changed)" },
            { content: "away with it", trigger: ".o_channel_passphrase_remove", run: "click" },
            { content: "type it", trigger: inputOf(page), run: "edit eight swans leave" },
            { content: "remove it", trigger: `${page} button.btn-danger`, run: "click" },
            { content: "not set", trigger: `${page}:contains(forgotten passphrase)` },
        ];
    },
});
