/** A weather node in the field: a sensor, a radio, a battery and a solar panel. */
export interface Node {
  readonly address: number;
  /** °C that it reads above or below the weather station, for its height and shade. */
  readonly warmer: number;
  /** Millivolts of its battery at dawn. */
  readonly dawnMillivolts: number;
  /** Millivolts that a clear summer day adds. */
  readonly sunMillivolts: number;
  /** Its watchdog restarts it after so many days. */
  readonly restartDays: number;
  /** Seconds after the full hour at which its message arrives. */
  readonly second: number;
}

export const nodes: readonly Node[] = [
  { address: 17, warmer: 0, dawnMillivolts: 3840, sunMillivolts: 300, restartDays: 400, second: 4 },
  { address: 18, warmer: 3.2, dawnMillivolts: 3690, sunMillivolts: 380, restartDays: 90, second: 11 },
  { address: 42, warmer: -3.4, dawnMillivolts: 3560, sunMillivolts: 260, restartDays: 5, second: 27 },
  { address: 60, warmer: -6.8, dawnMillivolts: 3410, sunMillivolts: 340, restartDays: 61, second: 41 },
];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Milliseconds since the node last restarted. */
export function uptime(node: Node, time: Date): number {
  return (time.getTime() + node.address * hourMs) % (node.restartDays * dayMs);
}

/** What a lithium cell does that the sun charges and the radio drains, in millivolts. */
export function battery(node: Node, time: Date): number {
  const localTime = time.getTime() - 8 * hourMs;
  // A day of the battery runs from dawn, when it is lowest, to dawn.
  const sinceDawn = localTime - 7 * hourMs;
  const day = Math.floor(sinceDawn / dayMs);
  const peak = node.sunMillivolts * seasonOfSun(time) * cloudless(node, day);
  return Math.round(node.dawnMillivolts + peak * charge((sinceDawn % dayMs) / hourMs));
}

/** 0 at dawn, 1 in the afternoon, back to 0 at the next dawn. */
function charge(hoursSinceDawn: number): number {
  const sunlit = 9;
  if (hoursSinceDawn < sunlit) return (1 - Math.cos((Math.PI * hoursSinceDawn) / sunlit)) / 2;
  return ((24 - hoursSinceDawn) / (24 - sunlit)) ** 1.6;
}

/** 0.6 at midwinter, 1 at midsummer. */
function seasonOfSun(time: Date): number {
  const sinceWinter = (time.getTime() - Date.UTC(2000, 11, 21)) / dayMs;
  return 0.8 - 0.2 * Math.cos((2 * Math.PI * sinceWinter) / 365.25);
}

/** How much of a day's sun came through, 0.35 to 1: made up, but the same each time it is asked. */
function cloudless(node: Node, day: number): number {
  const regional = Math.sin(day * 12.9898) * 43758.5453;
  const local = Math.sin(day * 78.233 + node.address) * 12578.1459;
  return 0.35 + 0.5 * (regional - Math.floor(regional)) + 0.15 * (local - Math.floor(local));
}
