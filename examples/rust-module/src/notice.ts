import 'wheatear/ui';
import { name, options } from './database';

const notice = document.querySelector<HTMLElement>('#notice')!;

/** Says something above everything else, with buttons for what can be done about it. */
export function show(text: string, actions: Record<string, () => unknown> = {}) {
  const buttons = Object.entries(actions).map(([label, act]) => {
    const button = document.createElement('button');
    button.textContent = label;
    button.onclick = () => act();
    return button;
  });
  notice.replaceChildren(`${text} `, ...buttons);
  notice.hidden = false;
}

export function hide() {
  notice.hidden = true;
}

/** The database could not be opened or upgraded, and is as it was before: says so, and offers what helps. */
export function showFailure(error: unknown) {
  const recovery = document.createElement('wheatear-recovery');
  recovery.error = error;
  recovery.database = name;
  recovery.options = options;
  document.body.replaceChildren(recovery);
}
