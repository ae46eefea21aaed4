// First: the next import needs it.
import './language.js';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Lines, type Measure, timeOf } from './chart-data.js';
import { formatShortDay, formatTimeOfDay } from './format.js';

/** How one measure is drawn. */
export interface PlotStyle {
  readonly measure: Measure;
  /** CSS pixels. */
  readonly height: number;
  /** Least distance between the top and the bottom of the scale. */
  readonly leastSpan: number;
  readonly formatTick: (value: number) => string;
}

const daySeconds = 86_400;

/** Dashes tell the lines apart where colours alone would not. */
const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 2.5], [10, 3, 2, 3]];

/** Name of the CSS property that holds the colour of the node at this place in the legend. */
export function colourProperty(index: number): string {
  return `--node-${(index % 4) + 1}`;
}

export function dashOf(index: number): readonly number[] {
  return dashes[index % dashes.length] ?? [];
}

/** Draws one measure of every node over time; plots share their cursor. */
export function drawPlot(
  container: HTMLElement,
  lines: Lines,
  style: PlotStyle,
  onCursor: (index: number | null) => void,
): uPlot {
  const options: uPlot.Options = {
    width: container.clientWidth || 320,
    height: style.height,
    padding: [8, 8, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(timeOf(seconds), 'Etc/UTC'),
    legend: { show: false },
    cursor: {
      sync: { key: 'weather' },
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: { size: 7 },
    },
    scales: { y: { range: (_, min, max) => spread(min, max, style.leastSpan) } },
    axes: [
      { ...axisColours, size: 34, space: 72, values: (_, ticks) => ticks.map(timeTick) },
      { ...axisColours, size: 52, space: 36, values: (_, ticks) => ticks.map(style.formatTick) },
    ],
    series: [{}, ...lines.nodes.map((_, index) => lineStyle(index))],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
  };
  const values = lines.nodes.map((node) => lines.values(node, style.measure));
  return new uPlot(options, [[...lines.hours], ...values], container);
}

// Looked up when drawn, not when made: the colours follow the theme.
const axisColours: uPlot.Axis = {
  stroke: () => cssValue('--text-dim'),
  font: '12px system-ui, sans-serif',
  grid: { stroke: () => cssValue('--line'), width: 1 },
  ticks: { show: false },
};

function lineStyle(index: number): uPlot.Series {
  return {
    stroke: () => cssValue(colourProperty(index)),
    width: 1.75,
    dash: [...dashOf(index)],
    points: { show: false },
  };
}

function spread(min: number | null, max: number | null, leastSpan: number): [number, number] {
  if (min === null || max === null) return [0, leastSpan];
  const margin = Math.max((max - min) * 0.08, (leastSpan - (max - min)) / 2);
  return [min - margin, max + margin];
}

function timeTick(seconds: number): string {
  const time = timeOf(seconds);
  return seconds % daySeconds === 0 ? formatShortDay(time) : formatTimeOfDay(time);
}

function cssValue(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property);
}
