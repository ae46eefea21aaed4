import { isAbsolute, resolve } from 'node:path';
import type { BundlerError } from './bundler.js';

/** What is wrong with a file, and where: `Fault` of module/tools/fault.rs. */
export interface Fault {
  /** Path of the file, from the root of the application; absent if it is in no file. */
  readonly file?: string | undefined;
  /** Line in that file, counted from 1. */
  readonly line?: number | undefined;
  /** What is wrong, with file and line, and what to do. */
  readonly message: string;
  /** The line, with a mark where SQLite points. */
  readonly sql?: string | undefined;
}

/**
 * Faults as an error that bundlers show with file, line and a frame of code: the first, and beneath it what else is wrong.
 *
 * @param texts what is in the files, by path as faults have it
 */
export function errorOf(faults: readonly [Fault, ...Fault[]], texts: ReadonlyMap<string, string>, root: string) {
  const [{ file, line = 1, sql }] = faults;
  const message = faults.map((fault) => fault.message).join('\n');
  if (file === undefined) return { message } satisfies BundlerError;
  const path = (isAbsolute(file) ? file : resolve(root, file)).replaceAll('\\', '/');
  const frame = frameOf(texts.get(file) ?? '', line, sql);
  return { message, id: path, loc: { file: path, line, column: columnOf(sql) ?? 0 }, frame } satisfies BundlerError;
}

/** How many lines a frame has before and behind the one that is meant. */
const around = 2;

/** The line and those around it, with their numbers, as compilers show it. */
export function frameOf(text: string, line: number, sql?: string): string {
  const lines = text.replaceAll('\t', ' ').split(/\r\n|\r|\n/);
  const first = Math.max(0, line - 1 - around);
  const shown = lines.slice(first, line + around);
  const width = String(first + shown.length).length;
  const column = columnOf(sql);
  const framed = shown.flatMap((code, index) => {
    const number = first + index + 1;
    const row = `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${code}`.trimEnd();
    // Of a long line an excerpt has a part, in which the mark is elsewhere.
    const isMarked = number === line && column !== undefined && sql?.includes(`| ${code}\n`);
    return isMarked ? [row, `  ${' '.repeat(width)} | ${' '.repeat(column)}^`] : [row];
  });
  return framed.join('\n');
}

/** Where the mark below an excerpt is, counted from 0. */
function columnOf(sql: string | undefined): number | undefined {
  return /\n *\| ( *)\^/.exec(sql ?? '')?.[1]?.length;
}
