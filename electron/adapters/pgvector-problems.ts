/** What PostgreSQL, pgvector and the way to them say, as problems that name the server, never its password. */
import { type Problem, ProblemError, problem } from '../../shared/result.ts';
import { plainWords } from './pg-words.ts';

/** Where a store is, as a person may read it. */
export type PgPlace = { server: string; database: string; user: string };

type Describe = (place: PgPlace, said: string) => Problem;

/** By SQLSTATE, or its class of two characters (PostgreSQL, appendix A). */
const describeByState: Readonly<Record<string, Describe>> = {
  '28': refusedLogin,
  '3D000': noDatabase,
  '42501': mayNot,
  '22000': otherDimensions,
  '54000': tooManyDimensions,
  '53100': ({ server }) =>
    problem(
      'disk-full',
      server,
      `The disk of the PostgreSQL at ${server} is full.`,
      'Free some space there; it goes on by itself.',
    ),
  '08': unreachable,
  '53': unreachable,
  '57': unreachable,
};

/** Of the way to it: system calls, and sentences of `pg` that have no code. */
const lostCodes = /^E(CONN|TIMEDOUT|PIPE|HOST|NET|AI_|NOTFOUND)/;
const lostSentences = /timeout|terminated|closed|not queryable|socket|after calling end/i;

export function describePgError(cause: unknown, place: PgPlace): Problem {
  if (cause instanceof ProblemError) return cause.problem;
  const { code = '', message = String(cause) } = cause as { code?: string; message?: string };
  const isState = /^[0-9A-Z]{5}$/.test(code);
  const describe = isState ? (describeByState[code] ?? describeByState[code.slice(0, 2)]) : undefined;
  if (describe !== undefined) return describe(place, message);
  // Without a password that the server wants, `pg` says so in its own words.
  if (/password must be a string/i.test(message)) return refusedLogin(place);
  if (lostCodes.test(code) || (!isState && lostSentences.test(message)))
    return unreachable(place, message === '' ? code : message);
  return unexpected(place, message);
}

function refusedLogin({ server, user }: PgPlace): Problem {
  return problem(
    'unauthorized',
    server,
    `The PostgreSQL at ${server} did not let in the role ${user}: its password is wrong or missing, or it may not log in.`,
    'Start Skein with the right password in PGPASSWORD, or with the whole address in KNOWLEDGE_STORE_URL.',
  );
}

function noDatabase({ server, database }: PgPlace): Problem {
  return problem(
    'not-found',
    server,
    `The PostgreSQL at ${server} has no database ${database}.`,
    `Make it there (createdb ${database}), or correct the end of the address.`,
  );
}

export function mayNot({ server, user, database }: PgPlace, said: string): Problem {
  return problem(
    'no-permission',
    server,
    `The role ${user} may not do that at ${server}: ${said}.`,
    `An administrator does it once there: CREATE EXTENSION IF NOT EXISTS vector; CREATE SCHEMA skein_vectors AUTHORIZATION "${user}"; in the database ${database}.`,
  );
}

function otherDimensions({ server }: PgPlace, said: string): Problem {
  return problem(
    'bad-input',
    server,
    `The table at ${server} is of vectors of another number of dimensions: ${said}.`,
    'They are of different models. Wait until the index for the new one is made.',
  );
}

function tooManyDimensions({ server }: PgPlace, said: string): Problem {
  return problem(
    'too-large',
    server,
    `pgvector at ${server} cannot search vectors as long as those of this model: ${said}.`,
    'Choose a model with at most 4,000 dimensions, or another store.',
  );
}

function unreachable({ server }: PgPlace, said: string): Problem {
  return problem(
    'peer-unreachable',
    server,
    `The PostgreSQL at ${server} cannot be reached: ${plainWords(said)}.`,
    'Check that it runs and that its address is right; it is tried again.',
  );
}

function unexpected({ server }: PgPlace, said: string): Problem {
  return problem(
    'peer-refused',
    server,
    `The PostgreSQL at ${server} did not do what was asked: ${said}.`,
    'Look at its log; it is tried again.',
  );
}

export const noExtension = ({ server }: PgPlace): Problem =>
  problem(
    'not-found',
    server,
    `The PostgreSQL at ${server} has no extension pgvector.`,
    'Install it on that server (https://github.com/pgvector/pgvector#installation), or choose another store.',
  );

export const oldExtension = ({ server }: PgPlace, version: string): Problem =>
  problem(
    'protocol-too-old',
    server,
    `The pgvector at ${server} is version ${version}; 0.7 or newer is needed.`,
    'Install a newer one there, then: ALTER EXTENSION vector UPDATE.',
  );
