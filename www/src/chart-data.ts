import { formatCount, formatHour, formatTemperature, formatVoltage } from './format.js';
import type { HourOfNode } from './weather-node.js';

/** What the chart draws of a reading. */
export type Measure = 'temperature' | 'battery';

/** Readings turned from rows into lines: one per node, all over the same hours. */
export interface Lines {
  /** Every hour from the first reading to the last, Unix time in seconds, with no hour left out. */
  readonly hours: readonly number[];
  readonly nodes: readonly number[];
  /** The measure at each of the hours; `null` where the node sent none. */
  values(node: number, measure: Measure): (number | null)[];
}

const hourSeconds = 3600;

export function linesOf(rows: readonly HourOfNode[]): Lines {
  const byNode = new Map<number, Map<number, HourOfNode>>();
  for (const row of rows) {
    const hoursOfNode = byNode.get(row.node) ?? new Map<number, HourOfNode>();
    byNode.set(row.node, hoursOfNode.set(row.hour, row));
  }
  const hours = everyHour(rows);
  return {
    hours,
    nodes: [...byNode.keys()].sort((a, b) => a - b),
    values: (node, measure) => hours.map((hour) => byNode.get(node)?.get(hour)?.[measure] ?? null),
  };
}

/** The chart in words, for whoever cannot see it. */
export function chartSummary(rows: readonly HourOfNode[]): string {
  const [first] = rows;
  const last = rows.at(-1);
  if (!first || !last) return 'No readings yet. Add a day of them.';
  const readings = rows.reduce((sum, row) => sum + row.readings, 0);
  const nodes = new Set(rows.map(({ node }) => node)).size;
  return [
    `${formatCount(readings, 'reading')} from ${formatCount(nodes, 'node')},`,
    `${formatHour(timeOf(first.hour))} to ${formatHour(timeOf(last.hour))} UTC.`,
    `${range('Temperature', valuesOf(rows, 'temperature'), formatTemperature)}.`,
    `${range('Battery', valuesOf(rows, 'battery'), formatVoltage)}.`,
  ].join(' ');
}

/** Unix time in seconds, as a date. */
export function timeOf(seconds: number): Date {
  return new Date(seconds * 1000);
}

function everyHour(rows: readonly HourOfNode[]): number[] {
  const [first] = rows;
  const last = rows.at(-1);
  if (!first || !last) return [];
  const count = (last.hour - first.hour) / hourSeconds + 1;
  return Array.from({ length: count }, (_, index) => first.hour + index * hourSeconds);
}

function valuesOf(rows: readonly HourOfNode[], measure: Measure): number[] {
  return rows.map((row) => row[measure]).filter((value) => value !== null);
}

function range(name: string, values: readonly number[], format: (value: number) => string): string {
  if (values.length === 0) return `${name}: none`;
  return `${name} from ${format(Math.min(...values))} to ${format(Math.max(...values))}`;
}
