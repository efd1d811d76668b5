import { LitElement, html, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import uPlot from "uplot";
import styles from "uplot/dist/uPlot.min.css?inline";
import { clock } from "../shared/locale";
import type { Locale } from "../shared/protocol";
import type { Plot } from "./insightstore";
import type { Say } from "./words";

const HEIGHT = 220;
const DAY = 86_400;
const SERIES: { id: keyof Omit<Plot, "at">; word: string; colour: string; dash?: number[] }[] = [
  { id: "arrivals", word: "arrivals", colour: "--accent" },
  { id: "waiting", word: "waitingSeries", colour: "--warn", dash: [6, 3] },
  { id: "staffed", word: "staffedSeries", colour: "--good", dash: [2, 3] },
];

/** Three lines over a period. Colours are the page's own, and each line has its own dashes. */
export class DeskPlot extends LitElement {
  static override styles = [unsafeCSS(styles), unsafeCSS(`
    :host { display: block; min-width: 0; }
    .box { min-height: ${HEIGHT}px; }
    ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 4px; padding: 0; font-size: 13px; }
    li { display: flex; align-items: center; gap: 6px; }
    svg { overflow: visible; }
    .u-over { cursor: crosshair; }
  `)];
  static override properties = { plot: { attribute: false }, say: { attribute: false }, locale: {} };

  declare plot: Plot;
  declare say: Say;
  declare locale: Locale;
  private chart: uPlot | null = null;
  private drawn = "";
  private readonly watch = new ResizeObserver(() => this.fit());
  private readonly scheme = matchMedia("(prefers-color-scheme: dark)");
  private readonly recolour = (): void => { this.drawn = ""; this.requestUpdate(); };

  override connectedCallback(): void {
    super.connectedCallback();
    this.watch.observe(this);
    this.scheme.addEventListener("change", this.recolour);
    this.recolour();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watch.disconnect();
    this.scheme.removeEventListener("change", this.recolour);
    this.chart?.destroy();
    this.chart = null;
  }

  override render(): TemplateResult {
    const { say } = this;
    return html`<ul aria-hidden="true">${SERIES.map((one) => html`<li><svg width="24" height="8"><line x1="0" x2="24" y1="4" y2="4" stroke="var(${one.colour})" stroke-width="2" stroke-dasharray=${one.dash?.join(" ") ?? "none"}></line></svg>${say(one.word)}</li>`)}</ul>
      <div class="box"></div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const last = this.plot.at[this.plot.at.length - 1] ?? "";
    const stamp = `${last}|${this.plot.at[0]}|${this.locale}`;
    const data = this.data();
    if (this.chart && this.drawn === stamp) this.chart.setData(data);
    else this.draw(data);
    this.drawn = stamp;
  }

  private data(): uPlot.AlignedData {
    const { plot } = this;
    return [plot.at.map((at) => Date.parse(at) / 1000), ...SERIES.map((one) => plot[one.id])] as uPlot.AlignedData;
  }

  private draw(data: uPlot.AlignedData): void {
    this.chart?.destroy();
    const box = this.renderRoot.querySelector<HTMLElement>(".box")!;
    const style = getComputedStyle(this);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const long = (data[0][data[0].length - 1] ?? 0) - (data[0][0] ?? 0) > 2 * DAY;
    const at = (seconds: number): string => {
      const moment = new Date(seconds * 1000);
      return long ? `${moment.getMonth() + 1}/${moment.getDate()}` : clock(moment.toISOString(), this.locale);
    };
    const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 }, font: `12px ${style.fontFamily}` };
    this.chart = new uPlot({
      width: Math.max(280, this.clientWidth), height: HEIGHT, legend: { show: false }, cursor: { drag: { x: false, y: false } },
      axes: [
        { ...axis, space: 72, size: 32, values: (_chart, splits) => splits.map(at) },
        { ...axis, size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], values: (_chart, splits) => splits.map(String) },
      ],
      scales: { y: { range: (_chart, _low, high) => [0, Math.max(4, Math.ceil((high ?? 0) * 1.1))] } },
      series: [{}, ...SERIES.map((one) => ({ stroke: colour(one.colour), width: 2, points: { show: false }, ...(one.dash ? { dash: one.dash } : {}), label: this.say(one.word) }))],
    }, data, box);
  }

  private fit(): void {
    const width = Math.max(280, this.clientWidth);
    if (this.chart && this.chart.width !== width) this.chart.setSize({ width, height: HEIGHT });
  }
}
