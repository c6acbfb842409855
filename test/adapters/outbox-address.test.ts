/** What an address of an outbox may be, and that what is wrong with one shows nothing of a password. */
import { describe, expect, test } from 'vitest';
import { connectOutbox } from '../../electron/adapters/outbox-connection.ts';
import { must } from '../support/device.ts';

describe('the address of an outbox', () => {
  test('may have a percent sign that encodes nothing, which `pg` takes for itself', () => {
    expect(must(connectOutbox('postgres://m%e:50%@db/no%tes')).place).toEqual({
      server: 'db:5432',
      database: 'no%tes',
      user: 'm%e',
    });
  });

  test.each([
    'postgres://me:half@sesame/x@db/notes',
    'postgres://me:half/sesame@db/notes',
    'postgres://me:5432#sesame@db/notes',
    'postgres://me:5432?sesame@db/notes',
  ])('%s has to be written otherwise, which is said without what may be its password', (address) => {
    const opened = connectOutbox(address);
    expect(opened).toMatchObject({ error: { code: 'bad-input' } });
    expect(JSON.stringify(opened)).not.toContain('sesame');
  });
});
