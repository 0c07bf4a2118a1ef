import { Component, onWillStart, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { PassphrasePrompt } from "./passphrase_prompt";

/** Sets, changes or removes the passphrase of the current company. */
export class PassphraseSettings extends Component {
    static template = "channel_rebate.PassphraseSettings";
    static components = { PassphrasePrompt };
    static props = { ...standardActionServiceProps };

    setup() {
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.state = useState({ part: "change" });
        this.forms = {
            set_first: {
                labels: [_t("Passphrase"), _t("Once more")],
                button: _t("Set and Lock"),
                done: _t("The passphrase is set, and what is sealed is locked."),
            },
            change: {
                labels: [_t("Old passphrase"), _t("New passphrase"), _t("New one once more")],
                button: _t("Change"),
                done: _t("The passphrase is changed."),
            },
            remove: {
                labels: [_t("Passphrase")],
                button: _t("Remove and Unlock"),
                done: _t("The passphrase is removed, and what was locked is unlocked."),
                danger: true,
            },
            start_anew: {
                labels: [_t("New passphrase"), _t("New one once more")],
                button: _t("Give Up and Start Anew"),
                done: _t("A new passphrase is set. Agreements whose rates are lost are marked: start a new version of each."),
                danger: true,
            },
        };
        onWillStart(() => this.load());
    }

    get part() {
        return this.state.is_set ? this.state.part : "set_first";
    }

    get form() {
        return this.forms[this.part];
    }

    isSure() {
        return new Promise((resolve) => {
            this.dialog.add(ConfirmationDialog, {
                body: _t("The rates that are locked now are given up for good. Nobody can undo this, and every holder is told. Go on?"),
                confirmLabel: _t("Give Up"),
                confirm: () => resolve(true),
                cancel: () => resolve(false),
                dismiss: () => resolve(false),
            });
        });
    }

    async load() {
        Object.assign(this.state, await this.orm.call("channel.passphrase", "get_state", []));
    }

    async confirm(...texts) {
        if (this.part === "start_anew" && !(await this.isSure())) {
            return;
        }
        const { part, form } = this;
        await this.orm.call("channel.passphrase", part, [this.state.company_id, ...texts]);
        this.notification.add(form.done, { type: "success" });
        this.state.part = "change";
        await this.load();
    }
}

registry.category("actions").add("channel_rebate.passphrase_settings", PassphraseSettings);
