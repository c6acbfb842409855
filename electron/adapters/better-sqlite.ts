import Database from 'better-sqlite3';
import { assert } from '../../shared/assert.ts';
import { limits } from '../../shared/limits.ts';
import type { Sql, SqlValue, Statement } from '../engine/ports.ts';
import { needsImage, openImage } from './database-image.ts';
import { describeSqlError } from './sqlite-problems.ts';

type Compiled = Database.Statement<SqlValue[], unknown>;
type Describe = (error: unknown) => unknown;
type OpenOptions = { readonly?: boolean; whenDamaged?: string; whenUnreadable?: string };
type Guard = <Value>(work: () => Value) => Value;

/**
 * Opens a SQLite database, made when missing; `:memory:` for tests. Integers come back as numbers.
 *
 * `synchronous` is NORMAL: with the write-ahead log a process that is killed loses nothing that was
 * committed. A power failure may lose the last commits, never the database; FULL would keep those, but makes
 * each commit wait for the disk (0.25 ms instead of 0.03 ms measured on a fast disk, several ms on a slow one),
 * and that wait blocks everything else. What a power failure takes, the scan at start finds again on the disk.
 *
 * For reading it opens where nothing may be written, too; see `database-image.ts`.
 *
 * `whenDamaged` is what to do about a damaged file that can be made anew, `whenUnreadable` about one that cannot be read
 * where it lies, because nothing may be written there.
 *
 * Errors: ProblemError with disk-full, read-only, database-corrupt, database-busy, not-found or unreadable.
 */
export function openSql(file: string, options: OpenOptions = {}): Sql {
  const readonly = options.readonly ?? false;
  const describe: Describe = (error) => describeSqlError(error, file, options.whenDamaged);
  const database = open(file, readonly, describe, options.whenUnreadable);
  const transactions = createTransactions(database, describe, readonly);
  return {
    prepare: createStatementCache(database, transactions.guard),
    exec: (text) => void transactions.guard(() => database.exec(text)),
    transaction: transactions.transaction,
    close: () => void database.close(),
  };
}

function open(
  file: string,
  readonly: boolean,
  describe: Describe,
  whenUnreadable?: string,
): Database.Database {
  try {
    return openFile(file, readonly);
  } catch (error) {
    if (readonly && needsImage(error, file)) return openImage(file, whenUnreadable);
    throw describe(error);
  }
}

function openFile(file: string, readonly: boolean): Database.Database {
  const database = new Database(file, { readonly, timeout: limits.databaseBusyMs });
  configure(database, readonly);
  return database;
}

/** While another process does the same to a new file, SQLite refuses at once, whatever the timeout is. */
function makeWal(database: Database.Database): void {
  const untilMs = performance.now() + limits.databaseBusyMs;
  for (;;) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > untilMs) throw error;
      Atomics.wait(aMoment, 0, 0, limits.databaseBusyPauseMs);
    }
  }
}

const aMoment = new Int32Array(new SharedArrayBuffer(4));
const isBusy = (error: unknown): boolean =>
  String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY');

function configure(database: Database.Database, readonly: boolean): void {
  try {
    if (!readonly) makeWal(database);
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    database.pragma(`cache_size = -${limits.databaseCacheKiB}`);
    database.pragma(`wal_autocheckpoint = ${limits.walPages}`);
    // The first read of the file: says now, not at some later statement, that it is no database.
    database.pragma('schema_version');
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The least recently compiled text goes first once there are too many. */
function createStatementCache(database: Database.Database, guard: Guard): Sql['prepare'] {
  const statementByText = new Map<string, Statement<unknown>>();
  return <Row>(text: string) => {
    const known = statementByText.get(text);
    if (known !== undefined) return known as Statement<Row>;
    const statement = wrap(() => database.prepare<SqlValue[], unknown>(compiledOnce(text)), guard);
    statementByText.set(text, statement);
    const [oldest] = statementByText.keys();
    if (statementByText.size > limits.compiledStatements && oldest !== undefined)
      statementByText.delete(oldest);
    return statement as Statement<Row>;
  };
}

/**
 * SQLite with STAT4, as better-sqlite3 builds it, compiles a statement that joins tables anew whenever a value is
 * bound, in case the plan should depend on it (sqlite3_prepare_v2, SQLITE_ENABLE_STAT4): 15 µs where 2 would do. It
 * does not look through a unary plus, which changes no value. Our texts have no question mark but those for values.
 */
const compiledOnce = (text: string): string => text.replaceAll('?', '+?');

/** Compiled when it first runs: every part of the engine names its statements at the start, and many are never needed. */
function wrap(compile: () => Compiled, guard: Guard): Statement<unknown> {
  let known: Compiled | undefined;
  const compiled = (): Compiled => {
    known ??= compile();
    return known;
  };
  return {
    run: (...values) => {
      const { changes, lastInsertRowid } = guard(() => compiled().run(...values));
      return { changes, lastPosition: Number(lastInsertRowid) };
    },
    get: (...values) => guard(() => compiled().get(...values)),
    all: (...values) => guard(() => compiled().all(...values)),
  };
}

/**
 * A nested transaction that fails dooms the outer one, even when somebody in between caught the error.
 * SQLite itself rolls back on some errors (a full disk): what follows must then not run outside of a transaction.
 */
function createTransactions(database: Database.Database, describe: Describe, readonly: boolean) {
  const begin = database.prepare(readonly ? 'BEGIN' : 'BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  let active = false;
  let failure: { error: unknown } | undefined;

  const guard: Guard = (work) => {
    if (failure !== undefined && !database.inTransaction) throw failure.error;
    try {
      return work();
    } catch (caught) {
      const error = describe(caught);
      if (active && !database.inTransaction) failure ??= { error };
      throw error;
    }
  };

  function join<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      failure ??= { error };
      throw error;
    }
  }

  function transaction<Value>(work: () => Value): Value {
    if (active) return join(work);
    guard(() => begin.run());
    active = true;
    try {
      const value = work();
      assert(!(value instanceof Promise), 'a transaction is synchronous');
      if (failure !== undefined) throw failure.error;
      guard(() => commit.run());
      return value;
    } finally {
      if (database.inTransaction) rollback.run();
      active = false;
      failure = undefined;
    }
  }

  return { guard, transaction };
}
