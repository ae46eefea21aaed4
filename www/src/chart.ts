import { chartSummary, type Lines, linesOf } from './chart-data.js';
import { byId, element } from './dom.js';
import { formatTemperature, formatVoltage } from './format.js';
import { Legend } from './legend.js';
import { drawPlot, type PlotStyle } from './plot.js';
import { hourlyAverages, type Source } from './weather-node.js';

const days = 14;

const temperature: PlotStyle = {
  measure: 'temperature',
  height: 230,
  leastSpan: 6,
  formatTick: (celsius) => formatTemperature(celsius),
};
const battery: PlotStyle = {
  measure: 'battery',
  height: 170,
  leastSpan: 0.3,
  formatTick: (volts) => formatVoltage(volts),
};

/** Temperature and battery of every node over the latest days. */
export class Chart {
  readonly #database: Source;
  readonly #plots = byId('chart-plots', HTMLDivElement);
  readonly #summary = byId('chart-summary', HTMLElement);
  readonly #legend = new Legend();
  #drawn: ReturnType<typeof drawPlot>[] = [];

  constructor(database: Source) {
    this.#database = database;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#redraw());
    // Resizing within the observer's own turn would make it report a loop.
    new ResizeObserver(() => requestAnimationFrame(() => this.#fit())).observe(this.#plots);
  }

  /** Reads the rows anew and draws them. */
  async show(): Promise<void> {
    const rows = await hourlyAverages(this.#database, days);
    const lines = linesOf(rows);
    for (const plot of this.#drawn) plot.destroy();
    this.#drawn = [];
    this.#plots.replaceChildren();
    this.#summary.textContent = chartSummary(rows);
    this.#summary.classList.toggle('empty', rows.length === 0);
    this.#legend.show(lines);
    if (rows.length === 0) return;
    this.#draw(
      'Temperature',
      lines,
      temperature,
      'No temperatures yet: these readings are from before the station measured it.',
    );
    this.#draw('Battery', lines, battery, 'No battery voltages in these readings.');
  }

  #draw(title: string, lines: Lines, style: PlotStyle, withoutValues: string): void {
    this.#plots.append(element('p', { class: 'plot-title' }, title));
    if (lines.nodes.every((node) => lines.values(node, style.measure).every((value) => value === null))) {
      this.#note(withoutValues);
      return;
    }
    const container = element('div');
    this.#plots.append(container);
    this.#drawn.push(drawPlot(container, lines, style, (index) => this.#legend.pointAt(index)));
  }

  #note(text: string): void {
    this.#plots.append(element('p', { class: 'empty' }, text));
  }

  #fit(): void {
    const width = this.#plots.clientWidth;
    if (width === 0) return;
    for (const plot of this.#drawn) plot.setSize({ width, height: plot.height });
  }

  #redraw(): void {
    for (const plot of this.#drawn) plot.redraw();
  }
}
