import type { PhaseProgress, Progress } from 'wheatear';
import { byId } from './dom.js';

/** Says what an upgrade is doing, in place of “Opening the database…”. Most are over before it is read. */
export function showProgress(progress: Progress): void {
  const text = describe(progress);
  if (text !== undefined) byId('opening', HTMLParagraphElement).textContent = text;
}

function describe(progress: Progress): string | undefined {
  switch (progress.type) {
    case 'step':
      return `Upgrading the database, step ${progress.number} of ${progress.count}: ${progress.migrationId}…`;
    case 'phase':
      return phases[progress.phase];
    default:
      return undefined;
  }
}

const phases: Partial<Record<PhaseProgress['phase'], string>> = {
  checking: 'Checking the upgraded database…',
  committing: 'Saving the upgraded database…',
};
