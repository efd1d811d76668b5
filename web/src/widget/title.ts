/** The number of unread messages before the page's title. */
export class TitleBadge {
  private own = "";
  private mark = "";

  show(count: number): void {
    // The page may have written a new title meanwhile: that one is kept.
    const now = document.title;
    if (!this.mark || !now.startsWith(this.mark)) this.own = now;
    this.mark = count ? `(${Math.min(count, 99)}) ` : "";
    const next = this.mark + this.own;
    if (next !== now) document.title = next;
  }
}
