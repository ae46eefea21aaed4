// As much of Kysely's types as those use that are generated for it.

declare module 'kysely' {
  export type ColumnType<Select, Insert = Select, Update = Select> = {
    readonly __select__: Select;
    readonly __insert__: Insert;
    readonly __update__: Update;
  };
  export type Generated<Select> = ColumnType<Select, Select | undefined, Select>;
}
