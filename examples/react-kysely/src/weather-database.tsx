import type { ReactNode } from 'react';
import { open } from 'wheatear';
import { DatabaseProvider, type DatabaseState } from 'wheatear/react';
import { migrations } from './migrations';
import { Recovery } from './recovery';

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
      return <Recovery database={name} error={state.error} retry={state.retry} />;
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
