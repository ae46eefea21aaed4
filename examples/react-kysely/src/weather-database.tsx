import migrations from 'virtual:wheatear/migrations';
import type { ReactNode } from 'react';
import { deleteDatabase, exportDatabase, open } from 'wheatear';
import { DatabaseProvider, type DatabaseState, type FailedState } from 'wheatear/react';

const name = 'weather';

/** Opens the database for everything inside of it, and says what becomes of it. */
export function WeatherDatabase({ children }: { children: ReactNode }) {
  return (
    <DatabaseProvider
      open={(watched) => open(name, { migrations, ...watched })}
      fallback={(state) => <Waiting state={state} />}
    >
      {children}
    </DatabaseProvider>
  );
}

function Waiting({ state }: { state: DatabaseState }) {
  switch (state.status) {
    case 'upgrading':
      return <progress aria-label="Upgrade" value={state.step?.number ?? 0} max={state.step?.count ?? 1} />;
    case 'failed':
      return <Failed state={state} />;
    case 'superseded':
      return (
        <p role="alert">
          There is a newer version.{' '}
          <button type="button" onClick={() => location.reload()}>
            Reload
          </button>
        </p>
      );
    default:
      return <p>Opening …</p>;
  }
}

/** It could not be opened or upgraded: the database is as it was before, and its owner can have it as a file. */
function Failed({ state: { error, retry } }: { state: FailedState }) {
  async function download() {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await exportDatabase(name));
    link.download = `${name}.sqlite3`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
  async function startOver() {
    if (!confirm('Delete all readings?')) return;
    await deleteDatabase(name);
    retry();
  }
  return (
    <p role="alert">
      {error instanceof Error ? error.message : String(error)}{' '}
      <button type="button" onClick={retry}>
        Try again
      </button>
      <button type="button" onClick={download}>
        Download
      </button>
      <button type="button" onClick={startOver}>
        Start over
      </button>
    </p>
  );
}
