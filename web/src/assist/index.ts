import { SuggestionStrip } from "../desk/suggestions";
import { AssistPanel } from "./panel";

customElements.define("sb-suggestions", SuggestionStrip);
customElements.define("sb-assist", AssistPanel);
