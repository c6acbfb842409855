/** Reads a log's health on a thread of its own: SQLite is synchronous, and a large log takes seconds. */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../../shared/result.ts';
import { describeSqlError } from '../../adapters/sqlite-problems.ts';
import { migrations } from '../../engine/log/schema.ts';

/**
 * `version` counts migrations; `damage` is what SQLite found wrong; `newestMs` the latest stamp's time, if any;
 * `position` where the log ends, where that could be read.
 */
export type DatabaseHealth = {
  version: number;
  damage: string[];
  newestMs: number | undefined;
  position: number | undefined;
};

type Report = { health: DatabaseHealth } | { code: string; message: string };
type WorkerRequire = (module: string) => unknown;

/** Opens the file read-only. Fails as SQLite does, or with too-large when the check takes over a minute. */
export function inspectDatabase(file: string): Promise<Result<DatabaseHealth>> {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3');
  // The function travels as text, so that it works alike from source and from one bundled file.
  const worker = new Worker(`(${inspectInWorker.toString()})(require)`, {
    eval: true,
    workerData: { driver, file, known: migrations.length },
  });
  return new Promise((resolve) => {
    const patience = setTimeout(() => settle(err(tooSlow(file))), limits.databaseCheckMs);
    const settle = (outcome: Result<DatabaseHealth>) => {
      clearTimeout(patience);
      void worker.terminate();
      resolve(outcome);
    };
    worker.once('message', (report: Report) => settle(readReport(report, file)));
    worker.once('error', (cause) => settle(err(toProblem(cause, file))));
  });
}

/** Runs as text in the worker: it may use nothing of this module. */
function inspectInWorker(load: WorkerRequire): void {
  const { workerData, parentPort } = load('node:worker_threads') as typeof import('node:worker_threads');
  const Driver = load(workerData.driver) as typeof Database;
  try {
    const database = new Driver(workerData.file, { readonly: true, fileMustExist: true });
    const version = database.pragma('user_version', { simple: true }) as number;
    const rows = database.pragma('quick_check(5)') as { quick_check: string }[];
    const damage = rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
    const readable = version > 0 && version <= workerData.known && damage.length === 0;
    const one = (query: string) => (readable ? database.prepare(query).pluck().get() : undefined);
    const newestMs = one('SELECT at_ms FROM log ORDER BY stamp DESC LIMIT 1');
    const position = one('SELECT coalesce(max(position), 0) FROM log');
    database.close();
    parentPort?.postMessage({ health: { version, damage, newestMs, position } });
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    parentPort?.postMessage({ code: code ?? '', message });
  }
}

function readReport(report: Report, file: string): Result<DatabaseHealth> {
  if ('health' in report) return ok(report.health);
  const isSqlite = report.code.startsWith('SQLITE_');
  const cause = isSqlite ? new Database.SqliteError(report.message, report.code) : new Error(report.message);
  return err(toProblem(cause, file));
}

function toProblem(cause: unknown, file: string): Problem {
  const described = describeSqlError(cause, file);
  if (described instanceof ProblemError) return described.problem;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return problem('unreadable', file, `The log ${file} could not be checked: ${reason}.`, 'Try again.');
}

function tooSlow(file: string): Problem {
  return problem(
    'too-large',
    file,
    `Checking ${file} took longer than ${limits.databaseCheckMs / 1000} seconds and was stopped.`,
    'Run the doctor again when the machine is less busy.',
  );
}
