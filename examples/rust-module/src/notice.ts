import { deleteDatabase, exportDatabase } from 'wheatear';
import { name } from './database';

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

/** The database could not be opened or upgraded: it is as it was before, and its owner can have it as a file. */
export function showFailure(error: unknown) {
  show(error instanceof Error ? error.message : String(error), {
    'Try again': () => location.reload(),
    Download: async () => download(await exportDatabase(name)),
    'Start over': async () => {
      if (!confirm('Delete all readings?')) return;
      await deleteDatabase(name);
      location.reload();
    },
  });
}

function download(file: Blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `${name}.sqlite3`;
  link.click();
  URL.revokeObjectURL(link.href);
}
