import { button, element } from './nodes.js';

/** What is asked before something is lost, and the answers. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly cancel: string;
}

/** Asks, with a dialog that it puts into `root`; closing it in any other way is a no. */
export async function confirmed(root: ShadowRoot, { title, text, confirm, cancel }: Question): Promise<boolean> {
  const no = button('cancel', cancel, () => dialog.close());
  const yes = button('danger confirm', confirm, () => dialog.close('confirm'));
  no.autofocus = true;
  const dialog = element(
    'dialog',
    { part: 'dialog', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
    element('h2', { id: 'confirm-title', part: 'dialog-title' }, title),
    element('p', { id: 'confirm-text', part: 'dialog-text' }, text),
    element('div', { part: 'actions' }, no, yes),
  );
  root.append(dialog);
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener('close', closed, { once: true }));
  dialog.remove();
  return dialog.returnValue === 'confirm';
}
