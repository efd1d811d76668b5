import { SwitchboardChat } from "./element";

if (!customElements.get("switchboard-chat")) customElements.define("switchboard-chat", SwitchboardChat);
