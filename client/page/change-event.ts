/** Typed so that the declarations do not ask for a value of this name, which a server's types may lack. */
const Base: new (type: string) => Event = Event;

/** Rows were changed and committed, in this tab or in another one. */
export class ChangeEvent extends Base {
  /**
   * Names of the tables that have other rows now; those that triggers and foreign keys changed are among them. A virtual
   * table, such as one for full-text search, has its own name, and those that it keeps its rows in are not named.
   */
  readonly tables: readonly string[];

  constructor(tables: readonly string[]) {
    super('change');
    this.tables = tables;
  }
}
