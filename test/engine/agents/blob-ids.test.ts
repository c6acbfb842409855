/** The ids of contents as git knows them. */
import { expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { type CoreFixture, createCoreFixture, toBytes } from '../core-fixture.ts';

const line = 'a line of a journal, with é\r\n';

/** Saves a text and asks for the ids of its content. */
async function idsOf(fixture: CoreFixture, text: string): Promise<readonly string[]> {
  fixture.write('AGENTS.md', text);
  await fixture.run(fixture.recordDisk('AGENTS.md', 10_000));
  return fixture.run(fixture.core.blobIds(nodeCodec.sha256(toBytes(text))));
}

test.each([
  ['a small text', 1, 1_000],
  ['a large text', 20, 100],
])('%s has one id, and with carriage returns another without them', async (_, times, atOnceBytes) => {
  const fixture = createCoreFixture({ patientCodec: { atOnceBytes } });
  const windows = `${line.repeat(times)}a lone \r stays\n`;
  const unix = windows.replaceAll('\r\n', '\n');
  const plain = unix.replaceAll('\r', '');
  expect(await idsOf(fixture, plain)).toEqual([nodeCodec.gitBlobId(toBytes(plain))]);
  expect(await idsOf(fixture, windows)).toEqual(
    [windows, unix].map((text) => nodeCodec.gitBlobId(toBytes(text))),
  );
});

test('a large content is unpacked once, however often git is asked', async () => {
  let answers = 0;
  const delayMs = (): number => {
    answers += 1;
    return 1;
  };
  const fixture = createCoreFixture({ patientCodec: { atOnceBytes: 100, delayMs } });
  const text = line.repeat(20);
  const ids = await idsOf(fixture, text);
  const before = answers;
  expect(await fixture.run(fixture.core.blobIds(nodeCodec.sha256(toBytes(text))))).toEqual(ids);
  expect(answers).toBe(before);
});

test('a content that is gone has none', async () => {
  const fixture = createCoreFixture();
  expect(await fixture.core.blobIds('0'.repeat(64))).toEqual([]);
});
