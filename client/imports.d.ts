// What an application's TypeScript says of a folder that the plugin has made a module of:
// /// <reference types="wheatear/imports" />

declare module '*?wheatear' {
  import type { LazyMigrations } from 'wheatear';

  /** The migrations of the folder. */
  const migrations: LazyMigrations;
  export default migrations;
}

declare module 'virtual:wheatear/migrations' {
  import type { LazyMigrations } from 'wheatear';

  /** The migrations of the folder that the plugin has as its option `folder`. */
  const migrations: LazyMigrations;
  export default migrations;
}
