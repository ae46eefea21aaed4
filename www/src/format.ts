const locale = 'en-GB';

const number = new Intl.NumberFormat(locale);
const milliseconds = new Intl.NumberFormat(locale, { style: 'unit', unit: 'millisecond', maximumSignificantDigits: 2 });
const kilobytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 });
const megabytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const hour = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const degrees = new Intl.NumberFormat(locale, { style: 'unit', unit: 'celsius', maximumFractionDigits: 1 });
const volts = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Such as `1,096`. */
export function formatNumber(value: number): string {
  return number.format(value);
}

/** Such as `1 row` or `1,096 rows`. */
export function formatCount(count: number, noun: string): string {
  return `${number.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Such as `0.38 ms` or `120 ms`. */
export function formatDuration(ms: number): string {
  // Some browsers' clocks tick once a millisecond: 0 only says that none went by.
  const text = ms < 0.05 ? 'less than 1 ms' : milliseconds.format(ms);
  return text.replaceAll(' ', '\u00a0');
}

/** Such as `12 kB` or `1.4 MB`. */
export function formatBytes(bytes: number): string {
  const [format, value] = bytes < 1e6 ? [kilobytes, bytes / 1e3] : [megabytes, bytes / 1e6];
  return format.format(value).replaceAll(' ', '\u00a0');
}

/** Such as `24 Nov 2026, 16:41:07`, in the reader's time zone. */
export function formatMoment(time: Date): string {
  return moment.format(time);
}

/** Such as `24 November 2026`, in UTC. */
export function formatDay(time: Date): string {
  return day.format(time);
}

/** Such as `24 Nov`, in UTC. */
export function formatShortDay(time: Date): string {
  return shortDay.format(time);
}

/** Such as `24 Nov, 16:00`, in UTC. */
export function formatHour(time: Date): string {
  return `${shortDay.format(time)}, ${hour.format(time)}`;
}

/** Such as `16:00`, in UTC. */
export function formatTimeOfDay(time: Date): string {
  return hour.format(time);
}

/** Such as `12 °C` or `−1 °C`. */
export function formatTemperature(celsius: number): string {
  return degrees.format(celsius).replace('°', '\u00a0°').replace('-', '\u2212');
}

/** Such as `3.91 V`. */
export function formatVoltage(value: number): string {
  return `${volts.format(value)}\u00a0V`;
}
