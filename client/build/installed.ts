import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/** Those of these modules that an application in this folder can import. */
export function installed(root: string, modules: readonly string[]): string[] {
  const { resolve: find } = createRequire(resolve(root, 'index.js'));
  return modules.filter((module) => {
    try {
      return find(module) !== '';
    } catch {
      return false;
    }
  });
}
