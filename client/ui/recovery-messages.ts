import type { ErrorCode } from '../protocol/codes.js';
import type { RecoveryCase } from './recovery-case.js';

/** What has happened and what to do, in a few words. */
export interface RecoveryWords {
  readonly title: string;
  readonly text: string;
}

/** The texts of `<wheatear-recovery>`. */
export interface RecoveryMessages {
  /** By what has happened. */
  readonly cases: Readonly<Record<RecoveryCase, RecoveryWords>>;
  /** Of single codes, in the place of those of their case. */
  readonly codes: Readonly<Partial<Record<ErrorCode, RecoveryWords>>>;
  /** The upgrade has changed nothing. */
  readonly unchanged: string;
  /** A part of the upgrade is done and stays, which takes a migration with `-- transactional: false`. */
  readonly partlyDone: string;
  readonly tryAgain: string;
  /** What `tryAgain` says where a newer version is what helps. */
  readonly reload: string;
  readonly download: string;
  readonly downloading: string;
  readonly downloaded: (fileName: string) => string;
  readonly downloadFailed: (reason: string) => string;
  readonly startOver: string;
  /** The question before everything is deleted. */
  readonly confirmTitle: string;
  readonly confirmText: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly startingOver: string;
  /** What is for the application's developers. */
  readonly details: string;
  readonly copy: string;
  readonly copied: string;
  readonly copyFailed: string;
  readonly code: string;
  readonly migration: string;
  readonly statement: string;
  readonly line: string;
  readonly sqlite: string;
}

/** Those in English. */
export const recoveryMessages: RecoveryMessages = {
  cases: {
    failed: {
      title: 'The update did not work',
      text: 'This version could not bring your data up to date. Try again, or come back later: a newer version may mend it.',
    },
    newer: {
      title: 'A newer version is needed',
      text: 'A newer version has been used here already, and has brought your data up to date. Reload to get that version. If you come back to this message, close all other tabs of this site first.',
    },
    busy: {
      title: 'Your data is in use elsewhere',
      text: 'It is open in another tab or window of this browser. Close that one, then try again.',
    },
    full: {
      title: 'There is no room left',
      text: 'The browser has no room left for this site. Free some space on the device, then try again.',
    },
    unsupported: {
      title: 'Your data cannot be kept here',
      text: 'This browser does not let this site keep data in this window. Use a current browser, in the same kind of window as last time: private windows often keep nothing.',
    },
    damaged: {
      title: 'Your data is damaged',
      text: 'What this browser has stored cannot be read as it should. Download it if you want to have it examined; then start over.',
    },
    foreign: {
      title: 'Your data does not fit this version',
      text: 'Something else than this version has made or changed what is stored. Download it first if you start over.',
    },
    cancelled: {
      title: 'The update was cancelled',
      text: 'Try again when you have the time.',
    },
    unreachable: {
      title: 'Your data could not be reached',
      text: 'The part that keeps your data did not answer. Check the connection, then try again.',
    },
    other: {
      title: 'Something went wrong',
      text: 'Your data could not be opened. Try again, or come back later.',
    },
  },
  codes: {
    storage_io: {
      title: 'Your data could not be read',
      text: 'The browser could not read or write what it has stored. Try again; if that does not help, restart the browser.',
    },
    owner_lost: {
      title: 'The connection to your data was lost',
      text: 'Another tab had your data and was closed. What you did last may be done or not: try again, and look.',
    },
  },
  unchanged: 'Nothing was lost: your data is as it was before.',
  partlyDone: 'A part of the update is done, and stays. Trying again does the rest.',
  tryAgain: 'Try again',
  reload: 'Reload',
  download: 'Download my data',
  downloading: 'Reading what is stored…',
  downloaded: (fileName) => `Downloaded as ${fileName}, which any SQLite program opens.`,
  downloadFailed: (reason) => `What is stored could not be read: ${reason}`,
  startOver: 'Start over…',
  confirmTitle: 'Delete your data and start over?',
  confirmText:
    'Everything that this site keeps in this database is deleted from this browser, with its backups, and cannot be brought back. Download it first if you want to keep it.',
  confirm: 'Delete and start over',
  cancel: 'Cancel',
  startingOver: 'Starting over…',
  details: 'Technical details',
  copy: 'Copy the details',
  copied: 'Copied.',
  copyFailed: 'They could not be copied. Select and copy the text instead.',
  code: 'Code',
  migration: 'Migration',
  statement: 'Statement',
  line: 'Line',
  sqlite: 'SQLite',
};
