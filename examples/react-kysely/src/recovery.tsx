import { useEffect, useRef } from 'react';
import 'wheatear/ui';

/** The database could not be opened or upgraded, and is as it was before: says so, and offers what helps. */
export function Recovery({ database, error, retry }: { database: string; error: unknown; retry: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const recovery = document.createElement('wheatear-recovery');
    recovery.database = database;
    recovery.error = error;
    recovery.addEventListener('wheatear-retry', (event) => {
      event.preventDefault(); // Else it would load the page anew.
      retry();
    });
    place.current?.append(recovery);
    return () => recovery.remove();
  }, [database, error, retry]);
  return <div ref={place} />;
}
