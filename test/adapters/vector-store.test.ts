/** The suite of stores on this device's own index and on the fake; on servers it runs in `test/servers/`. */
import { onTestFinished } from 'vitest';
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { createFakeStore } from '../support/fake-store.ts';
import { openEmbeddedStore } from '../support/stores/embedded-store.ts';
import { testStore } from '../support/stores/store-suite.ts';

testStore('the index of this device', {
  async open() {
    const sql = openSql(':memory:');
    onTestFinished(() => sql.close());
    return openEmbeddedStore(sql);
  },
  refusesOtherVectors: false,
});

testStore('the fake store', { open: async () => createFakeStore(), refusesOtherVectors: true });
