import { byId } from './dom.js';

/** What the reader is asked before something is lost. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly action: string;
}

/** Asks whether to go on; closing the dialog in any other way is a no. */
export async function confirmed({ title, text, action }: Question): Promise<boolean> {
  byId('confirm-title', HTMLHeadingElement).textContent = title;
  byId('confirm-text', HTMLParagraphElement).textContent = text;
  byId('confirm-action', HTMLButtonElement).textContent = action;
  const dialog = byId('confirm', HTMLDialogElement);
  dialog.returnValue = 'cancel';
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener('close', closed, { once: true }));
  return dialog.returnValue === 'confirm';
}
