import { element } from '../nodes.js';

/**
 * What went wrong, with its code, for developers; the message says where, and shows it in several lines.
 *
 * @param error is told by its fields: it may be of another copy of the package
 */
export function failure(error: unknown): HTMLElement {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return element(
    'div',
    { class: 'failure', role: 'alert' },
    ...(code === undefined ? [] : [element('code', {}, code)]),
    element('p', {}, message),
  );
}
