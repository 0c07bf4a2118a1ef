import { Component, useRef, useState } from "@odoo/owl";
import { RPCError } from "@web/core/network/rpc";
import { useAutofocus } from "@web/core/utils/hooks";

/**
 * Fields for one passphrase or several, and a button.
 *
 * What is typed goes from the inputs into `onConfirm` and nowhere else: into no state, URL or
 * storage. The inputs are empty again as soon as the button is pressed.
 */
export class PassphrasePrompt extends Component {
    static template = "channel_rebate.PassphrasePrompt";
    static props = {
        labels: Array,
        button: String,
        onConfirm: Function,
        danger: { type: Boolean, optional: true },
    };

    setup() {
        this.formRef = useRef("form");
        useAutofocus({ refName: "first" });
        this.status = useState({ busy: false, error: "" });
    }

    async onSubmit() {
        const inputs = [...this.formRef.el.querySelectorAll("input")];
        const texts = inputs.map((input) => input.value);
        inputs.forEach((input) => (input.value = ""));
        Object.assign(this.status, { busy: true, error: "" });
        try {
            await this.props.onConfirm(...texts);
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            this.status.error = error.data?.message || error.message;
            inputs[0].focus();
        } finally {
            this.status.busy = false;
        }
    }
}
