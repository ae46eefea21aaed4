import { entityKind } from 'drizzle-orm';
import type { Cache, MutationOption } from 'drizzle-orm/cache/core';

/** Hears which tables were changed. */
export interface Changes {
  changed(tables: readonly string[]): Promise<void>;
}

/**
 * The application's cache, as Drizzle reads from it and puts into it. When it hears of changes, the session decides: Drizzle
 * tells of them when they are asked for, which is before they are committed.
 */
export class ReadCache implements Cache, Changes {
  static readonly [entityKind]: string = 'WheatearReadCache';
  readonly #given: Cache;
  /** How often something was changed. */
  #version = 0;
  /** At which version rows were asked for. */
  readonly #asked = new WeakMap<object, number>();

  constructor(given: Cache) {
    this.#given = given;
  }

  /** Runs a query of which the result may be put in. */
  async reading<Result extends object>(query: () => Promise<Result>): Promise<Result> {
    const version = this.#version;
    const result = await query();
    this.#asked.set(result, version);
    return result;
  }

  async changed(tables: readonly string[]): Promise<void> {
    if (tables.length > 0) await this.invalidate({ tables: [...tables] });
  }

  /** What Drizzle's `$cache.invalidate` does. */
  async invalidate(changed: MutationOption): Promise<void> {
    this.#version++;
    await this.#given.onMutate(changed);
  }

  strategy(): 'explicit' | 'all' {
    return this.#given.strategy();
  }

  get(...asked: Parameters<Cache['get']>): ReturnType<Cache['get']> {
    return this.#given.get(...asked);
  }

  /** Rows that were read before a change stay out, for they would be there after it. */
  async put(...[key, result, ...rest]: Parameters<Cache['put']>): Promise<void> {
    if (this.#asked.get(result) === this.#version) await this.#given.put(key, result, ...rest);
  }

  async onMutate(): Promise<void> {}
}

/** No cache at all: Drizzle knows it by the name of its own, whose module nothing else of an application imports. */
export class NoCache implements Cache {
  static readonly [entityKind]: string = 'NoopCache';

  strategy(): 'explicit' {
    return 'explicit';
  }

  async get(): Promise<undefined> {}

  async put(): Promise<void> {}

  async onMutate(): Promise<void> {}
}

/** What a transaction changes, of which nobody else may know before it is committed. It reads from no cache. */
export class Uncommitted implements Changes {
  readonly #tables = new Set<string>();

  get tables(): readonly string[] {
    return [...this.#tables];
  }

  async changed(tables: readonly string[]): Promise<void> {
    for (const table of tables) this.#tables.add(table);
  }
}
