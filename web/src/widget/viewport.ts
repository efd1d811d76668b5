import type { LitElement, ReactiveController } from "lit";

/** On a phone the keyboard covers the page without making it smaller: the panel follows what is left to be seen. */
export class Viewport implements ReactiveController {
  constructor(private readonly host: LitElement) {
    host.addController(this);
  }

  hostConnected(): void {
    window.visualViewport?.addEventListener("resize", this.fit);
    window.visualViewport?.addEventListener("scroll", this.fit);
    this.fit();
  }

  hostDisconnected(): void {
    window.visualViewport?.removeEventListener("resize", this.fit);
    window.visualViewport?.removeEventListener("scroll", this.fit);
  }

  private readonly fit = (): void => {
    const view = window.visualViewport;
    // Whoever zooms in to read wants the panel to stay as large as it is.
    if (!view || view.scale > 1.01) return;
    this.host.style.setProperty("--seen-height", `${Math.round(view.height)}px`);
    this.host.style.setProperty("--seen-top", `${Math.max(0, Math.round(view.offsetTop))}px`);
    this.host.requestUpdate();
  };
}
