import { WheatearError } from 'wheatear';
import { element } from './dom.js';

/** What to say of an error besides its own words. */
interface Explanation {
  /** The heading above it. */
  readonly heading: HTMLElement;
  readonly advice: string;
}

/** Fills a box with what went wrong and what can be done about it. */
export function reportFailure(box: HTMLElement, error: unknown, { heading, advice }: Explanation): void {
  box.dataset.code = error instanceof WheatearError ? error.code : 'unexpected';
  box.replaceChildren(
    heading,
    element('p', { class: 'message' }, messageOf(error)),
    element('p', { class: 'advice' }, advice),
    element('dl', { class: 'details' }, ...details(error).flatMap(detail)),
  );
}

/** The error's own words. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function details(error: unknown): [string, string | number | undefined][] {
  if (!(error instanceof WheatearError)) return [['Error', error instanceof Error ? error.name : typeof error]];
  return [
    ['Error', error.name],
    ['Code', error.code],
    ['Migration', error.migrationId],
    ['Statement', error.statement],
    ['Line', error.line],
    ['SQLite', error.sqlite && `code ${error.sqlite.code}: ${error.sqlite.message}`],
  ];
}

function detail([name, value]: [string, string | number | undefined]): HTMLElement[] {
  if (value === undefined) return [];
  return [element('div', {}, element('dt', {}, name), element('dd', {}, element('code', {}, String(value))))];
}
