import { battery, type Node, nodes, uptime } from './nodes.js';
import type { TemperatureAt } from './temperatures.js';
import type { Reading } from './weather-node.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What every node sends in the 24 hours of a day, given as `YYYY-MM-DD` in UTC. */
export function readingsOfDay(day: string, temperatureAt: TemperatureAt): Reading[] {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return hourly(midnight, 24).map(({ node, time }) => ({
    ...withoutTemperature(node, time),
    schema: 2,
    temp_c: Math.round(temperatureAt(time) + node.warmer),
  }));
}

/** Readings in the nodes' first message format, which had no temperature; the last are a week old. */
export function readingsBeforeTemperature(count: number): Reading[] {
  const hours = Math.ceil(count / nodes.length);
  const midnight = Math.floor(Date.now() / dayMs) * dayMs;
  const start = midnight - 6 * dayMs - hours * hourMs;
  return hourly(start, hours)
    .map(({ node, time }) => withoutTemperature(node, time))
    .slice(-count);
}

/** Every node once an hour, in the order in which the messages arrive. */
function hourly(start: number, hours: number): { node: Node; time: Date }[] {
  return Array.from({ length: hours }, (_, hour) => start + hour * hourMs).flatMap((fullHour) =>
    nodes.map((node) => ({ node, time: new Date(fullHour + node.second * 1000) })),
  );
}

function withoutTemperature(node: Node, time: Date): Reading {
  return {
    time_received: time.toISOString().slice(0, 19).replace('T', ' '),
    schema: 1,
    node_addr: node.address,
    uptime_ms: uptime(node, time),
    batt_mv: battery(node, time),
  };
}
