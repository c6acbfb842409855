/** A server that is there and hangs is told of in words of a person, whichever store or outbox asked it. */
import { expect, test } from 'vitest';
import { describeOutboxError } from '../../electron/adapters/outbox-problems.ts';
import { describePgError } from '../../electron/adapters/pgvector-problems.ts';

const place = { server: 'db.example:5432', database: 'team', user: 'skein' };

// What pg 8 says for a question, for a connection, and for its pool.
const sentences = ['Query read timeout', 'timeout expired', 'timeout exceeded when trying to connect'];

test.each(sentences)('%s', (said) => {
  expect(describePgError(new Error(said), place)).toMatchObject({
    code: 'peer-unreachable',
    message: 'The PostgreSQL at db.example:5432 cannot be reached: no answer came in time.',
  });
  expect(describeOutboxError(new Error(said), place)).toHaveProperty(
    'problem',
    expect.objectContaining({
      code: 'peer-unreachable',
      message: 'The PostgreSQL at db.example:5432 does not answer: no answer came in time.',
    }),
  );
});

test('what the server itself says stays as it is', () => {
  expect(describePgError(new Error('Connection terminated unexpectedly'), place).message).toContain(
    'cannot be reached: Connection terminated unexpectedly.',
  );
});
