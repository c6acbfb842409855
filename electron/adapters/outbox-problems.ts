/** What PostgreSQL and the way to it say, as problems that name the server, never its password. */
import { type Problem, ProblemError, problem } from '../../shared/result.ts';
import { plainWords } from './pg-words.ts';

/** Where an outbox is, as a person may read it. */
export type OutboxPlace = { server: string; database: string; user: string };

type Describe = (place: OutboxPlace, said: string) => Problem;

/** By SQLSTATE, or its class of two characters (PostgreSQL, appendix A). */
const describeByState: Readonly<Record<string, Describe>> = {
  '28P01': refusedLogin,
  '28': refusedLogin,
  '3D000': ({ server, database }) =>
    problem(
      'not-found',
      database,
      `The PostgreSQL at ${server} has no database ${database}.`,
      'Check the end of the address in SKEIN_OUTBOX_URL.',
    ),
  '42P01': missing,
  '42703': missing,
  '3F000': missing,
  '42883': ({ server }, said) =>
    problem(
      'protocol-too-old',
      server,
      `The PostgreSQL at ${server} lacks something that the outbox needs: ${said}.`,
      'Use PostgreSQL 13 or newer, and the types of the tables in the guide, under "Notes in PostgreSQL".',
    ),
  '42501': ({ user, server }, said) =>
    problem(
      'no-permission',
      user,
      `The role ${user} may not do that at ${server}: ${said}.`,
      'Grant it what the guide lists under "Notes in PostgreSQL": SELECT on notes and outbox, and the tables in the schema skein.',
    ),
  '25006': ({ server }) =>
    problem(
      'read-only',
      server,
      `The PostgreSQL at ${server} only reads: it is a copy that follows another one.`,
      'Give the address of the server that writes.',
    ),
  '53100': ({ server }) =>
    problem(
      'disk-full',
      server,
      `The disk of the PostgreSQL at ${server} is full.`,
      'Free some space there; the worker goes on by itself.',
    ),
  '53': unreachable,
  '57': unreachable,
  '08': unreachable,
  '40': busy,
  '55': busy,
};

/** Of the way to it: system calls, and sentences of `pg` that have no code. */
const lostCodes = /^E(CONN|TIMEDOUT|PIPE|HOST|NET|AI_|NOTFOUND)/;
const lostSentences = /timeout|terminated|closed|not queryable|socket/i;

/** Turns what a query throws into a `ProblemError`. */
export function describeOutboxError(cause: unknown, place: OutboxPlace): ProblemError {
  if (cause instanceof ProblemError) return cause;
  const { code = '', message = String(cause) } = cause as { code?: string; message?: string };
  const describe = describeByState[code] ?? describeByState[code.slice(0, 2)];
  const isState = /^[0-9A-Z]{5}$/.test(code);
  if (describe !== undefined && isState) return new ProblemError(describe(place, message));
  if (lostCodes.test(code) || (!isState && lostSentences.test(message)))
    return new ProblemError(unreachable(place, message === '' ? code : message));
  return new ProblemError(unexpected(place, message));
}

function refusedLogin({ server, user }: OutboxPlace): Problem {
  return problem(
    'unauthorized',
    server,
    `The PostgreSQL at ${server} did not let in the role ${user}: its password is wrong or missing, or it may not log in.`,
    'Put the right password into SKEIN_OUTBOX_URL or PGPASSWORD, and check pg_hba.conf there.',
  );
}

function missing({ server, database }: OutboxPlace, said: string): Problem {
  return problem(
    'not-found',
    database,
    `The database ${database} at ${server} lacks a part of the outbox: ${said}.`,
    'Make the tables as the guide shows them under "Notes in PostgreSQL"; a view may stand for a table.',
  );
}

function unreachable({ server }: OutboxPlace, said: string): Problem {
  return problem(
    'peer-unreachable',
    server,
    `The PostgreSQL at ${server} does not answer: ${plainWords(said)}.`,
    'Check that it runs and can be reached from here. A worker goes on by itself when it is back.',
  );
}

function busy({ server }: OutboxPlace, said: string): Problem {
  return problem(
    'database-busy',
    server,
    `The PostgreSQL at ${server} was busy with the same rows: ${said}.`,
    'It is tried again.',
  );
}

function unexpected({ server }: OutboxPlace, said: string): Problem {
  return problem(
    'internal',
    server,
    `The PostgreSQL at ${server} answered with an error: ${said}.`,
    'Compare your tables with those of the guide, under "Notes in PostgreSQL".',
  );
}
