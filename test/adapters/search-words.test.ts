/** The suite of words on this device's own vectors and on the fake store; on servers it runs in `test/servers/`. */
import { createFakeStore } from '../support/fake-store.ts';
import { testWords } from '../support/stores/word-suite.ts';

testWords('the vectors of this device', async () => undefined);
testWords('the fake store', async () => createFakeStore());
