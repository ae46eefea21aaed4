import { type Lines, timeOf } from './chart-data.js';
import { byId, element } from './dom.js';
import { formatHour, formatTemperature, formatVoltage } from './format.js';
import { colourProperty, dashOf } from './plot.js';

const svg = 'http://www.w3.org/2000/svg';

/** Names the chart's lines and gives their values: of the hour under the cursor, else of the last. */
export class Legend {
  readonly #when = byId('chart-when', HTMLSpanElement);
  readonly #hour = byId('chart-hour', HTMLSpanElement);
  readonly #list = byId('chart-legend', HTMLUListElement);
  #lines: Lines | undefined;
  #values: HTMLElement[] = [];

  show(lines: Lines): void {
    this.#lines = lines;
    this.#values = lines.nodes.map(() => element('span', { class: 'value' }));
    this.#list.replaceChildren(...lines.nodes.map((node, index) => entry(node, index, this.#values[index])));
    this.pointAt(null);
  }

  /** Shows the values of the hour at this index, or of the last one for `null`. */
  pointAt(index: number | null): void {
    const lines = this.#lines;
    const at = index ?? (lines?.hours.length ?? 0) - 1;
    const hour = lines?.hours[at];
    this.#when.textContent = hour === undefined ? '' : index === null ? 'Latest' : 'At';
    this.#hour.textContent = hour === undefined ? '' : formatHour(timeOf(hour));
    lines?.nodes.forEach((node, place) => {
      const value = this.#values[place];
      if (value) value.textContent = valuesText(lines, node, at);
    });
  }
}

function entry(node: number, index: number, value: HTMLElement | undefined): HTMLElement {
  return element('li', {}, swatch(index), element('span', {}, `Node ${node}`), ' ', value ?? '');
}

function valuesText(lines: Lines, node: number, at: number): string {
  const temperature = lines.values(node, 'temperature')[at] ?? null;
  const battery = lines.values(node, 'battery')[at] ?? null;
  const parts = [
    ...(temperature === null ? [] : [formatTemperature(temperature)]),
    ...(battery === null ? [] : [formatVoltage(battery)]),
  ];
  return parts.length > 0 ? parts.join(' · ') : '–';
}

function swatch(index: number): SVGSVGElement {
  const image = document.createElementNS(svg, 'svg');
  image.setAttribute('viewBox', '0 0 28 4');
  image.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(svg, 'path');
  line.setAttribute('d', 'M0 2h28');
  line.style.stroke = `var(${colourProperty(index)})`;
  line.style.strokeDasharray = dashOf(index).join(' ');
  image.append(line);
  return image;
}
